from types import SimpleNamespace

import pytest
from django.template import engines

from clinic_site import page_parts

TEMPLATE = """{% load page_parts %}{% place "aside" words=typed %}"""


@pytest.fixture
def apps(monkeypatch):
    """Two apps that fill the same place, and one that fills none."""
    filled = [{"aside": "first.html"}, {}, {"aside": "second.html"}]
    found = [*[SimpleNamespace(page_parts=parts) for parts in filled], SimpleNamespace()]
    monkeypatch.setattr(page_parts, "apps", SimpleNamespace(get_app_configs=lambda: found))
    page_parts.templates_at.cache_clear()
    yield
    page_parts.templates_at.cache_clear()


@pytest.fixture
def templates(settings):
    """The templates of those two apps, and no others."""
    loader = "django.template.loaders.locmem.Loader"
    sources = {"first.html": "1 {{ title }} ", "second.html": "2 {{ words }}"}
    options = settings.TEMPLATES[0]["OPTIONS"] | {"loaders": [(loader, sources)]}
    settings.TEMPLATES = [
        settings.TEMPLATES[0] | {"APP_DIRS": False, "DIRS": [], "OPTIONS": options}
    ]


def test_place_shows_the_parts_of_all_apps_in_their_order(apps, templates):
    page = engines["django"].from_string(TEMPLATE)

    assert page.render({"title": "A & B", "typed": "<b>"}) == "1 A &amp; B 2 &lt;b&gt;"


def test_place_that_no_app_fills_is_empty(apps, templates):
    page = engines["django"].from_string("""{% load page_parts %}[{% place "other" %}]""")

    assert page.render({}) == "[]"

import pytest
from django.urls import reverse

from articles.models import Article
from articles.page_kinds import PAGE_KINDS, Kind, fixed_pages


def test_every_kind_has_a_row():
    assert sorted(PAGE_KINDS) == sorted(Kind)


def test_fixed_pages_are_those_of_all_apps_at_their_addresses():
    assert {slug: page.path for slug, page in fixed_pages().items()} == {
        "home": "/",
        "guides": "/guides/",
        "treatments": "/treatments/",
        "ebooks": "/ebooks/",
        "consultation": "/consultation/",
        "consultation-thanks": "/consultation/thanks/",
        "testimonials": "/testimonials/",
        "privacy": "/privacy/",
    }


@pytest.mark.parametrize(
    ("kind", "address", "crumbs"),
    [
        (Kind.GUIDE, "/guides/a/", [("Home", "/"), ("Guides", "/guides/")]),
        (Kind.CONDITION, "/treatments/a/", [("Home", "/"), ("Treatments", "/treatments/")]),
        (Kind.PAGE, "/", [("Home", "/")]),
    ],
)
def test_kind_says_where_its_pages_are(kind, address, crumbs):
    article = Article(kind=kind, slug="a")

    assert (article.get_absolute_url(), article.breadcrumbs) == (address, crumbs)


@pytest.mark.parametrize("kind", [kind for kind, row in PAGE_KINDS.items() if row.path])
def test_kind_with_a_path_has_a_route(kind):
    row = PAGE_KINDS[kind]

    assert reverse(f"articles:{kind}", args=["a"]) == f"/{row.path}a/"
    assert row.list_page in fixed_pages()

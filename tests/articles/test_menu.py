import re

import pytest

from articles import menu
from articles.models import Article
from tests.factories import make_article


def entries(article):
    return [(entry.label, entry.path, entry.current) for entry in menu.header(article)]


def test_menu_names_the_pages_of_all_apps_in_order():
    assert entries(None) == [
        ("Guides", "/guides/", ""),
        ("Treatments", "/treatments/", ""),
        ("Ebooks", "/ebooks/", ""),
        ("Testimonials", "/testimonials/", ""),
    ]
    assert [(entry.label, entry.path) for entry in menu.footer_only()] == [
        ("Free consultation", "/consultation/"),
        ("Privacy", "/privacy/"),
    ]


@pytest.mark.parametrize(
    ("kind", "slug", "current"),
    [
        (Article.Kind.PAGE, "guides", {"Guides": "page"}),
        (Article.Kind.GUIDE, "guides", {"Guides": "true"}),
        (Article.Kind.CONDITION, "sciatica", {"Treatments": "true"}),
        (Article.Kind.PAGE, "testimonials", {"Testimonials": "page"}),
        (Article.Kind.PAGE, "home", {}),
    ],
)
def test_menu_marks_the_page_that_the_reader_is_on(kind, slug, current):
    found = menu.header(Article(kind=kind, slug=slug))

    assert {entry.label: entry.current for entry in found if entry.current} == current


@pytest.mark.parametrize(
    ("path", "marked"), [("/guides/", [("page", "Guides")] * 3), ("/none/", [])]
)
def test_menu_is_the_same_in_header_and_footer(client, db, path, marked):
    make_article()

    html = client.get(path).text

    assert re.findall(r'aria-current="(\w+)">([^<]+)<', html) == marked
    assert html.count(">Testimonials</a>") == 3

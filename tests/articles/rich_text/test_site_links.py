"""No page has a link that opens nothing, whatever is taken down."""

import re
from html import unescape

import pytest
from django.utils import timezone

from articles.models import Article, Ebook
from articles.rich_text import site_links
from leads import links
from tests.factories import (
    make_article,
    make_ebook,
    make_practice,
    make_section,
    make_signup,
)

DRAFT = "/guides/hip-pain/"


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


@pytest.fixture
def draft(db):
    return make_article(title="Hip pain", slug="hip-pain", published_at=None)


def internal_links(page: str) -> set[str]:
    found = re.findall(r'<(?:a|link)\b[^>]*\bhref="(/[^"#]*)', page)
    return {unescape(href) for href in found if not href.startswith("/static/")}


def crawl(client, *starts):
    """Every page within reach, by its path, with its status."""
    statuses: dict[str, int] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path not in statuses:
            response = client.get(path)
            statuses[path] = response.status_code
            if response.get("Content-Type", "").startswith("text/html"):
                waiting += internal_links(response.text)
            response.getvalue()  # reading an icon to its end closes its file
    return statuses


def test_no_link_is_dead_when_guide_and_conditions_are_taken_down(client, starter):
    library = links.library_path(make_signup())
    slug = Ebook.objects.first().slug
    Article.objects.exclude(kind="page").update(published_at=None)

    starts = ["/", "/consultation/thanks/", "/ebooks/link/", "/ebooks/library/x/", library]
    found = crawl(client, *starts, f"{library}{slug}/", "/no-such-page/")

    dead = {path for path, status in found.items() if status >= 400}
    assert dead == {"/ebooks/library/x/", "/no-such-page/"}
    assert len(found) >= 18


def test_no_link_is_dead_with_the_starter_content(client, starter):
    found = crawl(client, "/", "/consultation/thanks/", "/ebooks/link/")

    assert {path for path, status in found.items() if status != 200} == set()
    assert "/guides/back-spasm-treatment/" in found


@pytest.mark.parametrize(
    "href",
    [
        DRAFT,
        "/guides/hip-pain",
        "/guides/hip-pain/#rest",
        "http://127.0.0.1:8000/guides/hip-pain/?a=1&amp;b=2",
        "/guides/never-was/",
        "/treatments/hip-pain/",
    ],
)
def test_link_to_what_is_not_public_is_only_its_words(client, draft, href):
    make_section(make_article(), body=f'<p>See <a href="{href}">the hip page</a>.</p>')

    page = client.get("/guides/neck-pain/").text

    assert "<p>See the hip page.</p>" in page


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (f'<p>It heals.</p><p><a href="{DRAFT}">Read more</a></p>', "<p>It heals.</p>"),
        (f'<p>a</p><p><a href="{DRAFT}">Read <b>more</b></a>.</p><p>b</p>', "<p>a</p><p>b</p>"),
        (f'<ul><li><a href="{DRAFT}">Hip pain</a></li></ul>', "<ul><li>Hip pain</li></ul>"),
        ('<p><a href="/ebooks/">Read more</a></p>', '<p><a href="/ebooks/">Read more</a></p>'),
    ],
)
def test_paragraph_that_only_leads_to_what_is_not_public_is_left_out(draft, body, shown):
    section = make_section(make_article(), body=body)

    assert site_links.render(section, make_practice()).replace("\n", "") == shown


@pytest.mark.parametrize(
    "href",
    [
        "/guides/sore-neck/",
        "/guides/",
        "/guides/feed/",
        "/ebooks/",
        "https://example.com/guides/hip-pain/",
        "mailto:a@example.com",
    ],
)
def test_other_links_stay(client, draft, href):
    article = make_article(slug="sore-neck")
    article.slug = "neck-pain"
    article.save()
    make_section(article, body=f'<p>See <a href="{href}">that</a>.</p>')

    assert f'<a href="{href}">that</a>' in client.get("/guides/neck-pain/").text


def test_link_is_back_when_its_page_is_published(client, draft):
    make_section(make_article(), body=f'<p>See <a href="{DRAFT}">the hip page</a>.</p>')

    draft.published_at = timezone.now()
    draft.save()

    assert f'<a href="{DRAFT}">the hip page</a>' in client.get("/guides/neck-pain/").text


@pytest.mark.parametrize("sections", [1, 30])
def test_links_cost_the_same_queries_whatever_the_length(
    client, draft, django_assert_max_num_queries, sections
):
    article = make_article()
    for number in range(sections):
        make_section(article, anchor=f"s{number}", body=f'<p><a href="{DRAFT}">Hip</a></p>')

    with django_assert_max_num_queries(9):
        client.get("/guides/neck-pain/")


def test_links_in_a_book_cost_the_same_queries(client, draft, django_assert_max_num_queries):
    article = make_article()
    body = f'<p><a href="{DRAFT}">Hip</a></p>'
    book = make_ebook(*[make_section(article, anchor=f"s{n}", body=body) for n in range(20)])
    path = f"{links.library_path(make_signup())}{book.slug}/"

    with django_assert_max_num_queries(12):
        page = client.get(path).text

    assert DRAFT not in page


def test_what_hiding_a_page_does_is_said(draft):
    hip = draft
    hip.published_at = timezone.now()
    hip.slug = "sore-hip"
    hip.save()
    make_ebook(make_section(hip), title="Hips")
    make_section(make_article(), body=f'<p><a href="{DRAFT}">Hip</a></p>')
    make_section(
        make_article(title="Draft", slug="draft", published_at=None),
        body='<p><a href="/guides/sore-hip/">Hip</a></p>',
    )

    assert site_links.what_hiding_does(hip) == [
        "Readers no longer find it: /guides/sore-hip/ answers “not found”.",
        "These pages link to it: “Neck pain”. Their links turn into plain words.",
        "These ebooks have chapters from it and keep them: “Hips”.",
    ]

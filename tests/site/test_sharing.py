"""The meta tags that social networks and messengers read on each page that can be shared."""

from html.parser import HTMLParser

import pytest

from articles.models import Article
from articles.sitemaps import ArticleSitemap
from tests.factories import make_article, make_practice
from tests.pictures import png_size

SITE = "http://127.0.0.1:8000"
FIXED = ["/", "/guides/", "/treatments/", "/ebooks/", "/consultation/", "/testimonials/",
         "/privacy/"]  # fmt: skip


class Head(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.metas, self.canonical = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "meta" and (name := given.get("property") or given.get("name")):
            self.metas.append((name, given["content"]))
        if tag == "link" and given.get("rel") == "canonical":
            self.canonical.append(given["href"])


def read_metas(client, path) -> dict[str, str]:
    """The page's meta tags by name, after checking that none is repeated or empty."""
    head = Head(client.get(path).text)
    metas = dict(head.metas)
    assert len(metas) == len(head.metas)
    assert all(value.strip() for value in metas.values())
    assert head.canonical == [metas["og:url"]] == [SITE + path]
    return metas


def article_paths():
    return [article.get_absolute_url() for article in ArticleSitemap().items()]


def test_every_page_of_the_starter_content_can_be_shared(client, starter):
    for path in [*FIXED, *article_paths()]:
        metas = read_metas(client, path)

        assert metas["og:site_name"] == "Restore Physical Therapy LLC", path
        assert metas["og:type"] == ("article" if path in article_paths() else "website"), path
        assert metas["og:title"]
        assert metas["og:description"] == metas["description"], path
        assert metas["twitter:card"] == "summary_large_image"


def test_shared_link_has_a_picture_with_size_and_description(client, db):
    make_practice()
    make_article()

    metas = read_metas(client, "/guides/neck-pain/")

    picture = client.get(metas["og:image"].removeprefix(SITE))
    width, height = png_size(picture.content)
    assert metas["og:image"] == f"{SITE}/social.png"
    assert metas["og:image:type"] == picture["Content-Type"] == "image/png"
    assert (metas["og:image:width"], metas["og:image:height"]) == (str(width), str(height))
    assert metas["og:image:alt"] == "Lake Clinic. Drawing: stopping and rubbing the sore spot"


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"description": "About necks.", "lede": "Rest."}, "About necks."),
        ({"lede": "Call [practice] at [phone]."}, "Call Lake Clinic at (248) 555-0123."),
        ({"description": 'A "neck" & <b>more</b>'}, 'A "neck" & <b>more</b>'),
        ({}, None),
    ],
)
def test_shared_link_says_what_the_page_is_about(client, db, changes, about):
    make_practice()
    make_article(**changes)

    metas = read_metas(client, "/guides/neck-pain/")

    assert (metas["og:title"], metas["og:type"]) == ("Neck pain", "article")
    assert metas.get("og:description") == metas.get("description") == about


def test_shared_link_names_no_site_before_the_practice_has_a_name(client, db):
    make_article(kind=Article.Kind.CONDITION, title="Sciatica", slug="sciatica")

    for path in [*FIXED, "/treatments/sciatica/"]:
        metas = read_metas(client, path)

        assert "og:site_name" not in metas
        assert metas["og:image:alt"] == "Drawing: stopping and rubbing the sore spot"


@pytest.mark.parametrize("path", ["/nowhere/", "/ebooks/library/forged/", "/ebooks/link/sent/"])
def test_page_that_is_not_for_sharing_has_no_social_tags(client, db, path):
    assert [name for name, _ in Head(client.get(path).text).metas if name.startswith("og:")] == []

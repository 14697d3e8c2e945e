import pytest

from clinic_site.web.public_page import is_public
from tests.factories import make_article

SHORT = "public, max-age=0, s-maxage=1, stale-while-revalidate=1"
PUBLIC_PATHS = (
    "/",
    "/guides/",
    "/guides/back-spasm-treatment/",
    "/guides/feed/",
    "/treatments/",
    "/ebooks/",
    "/ebooks/link/",
    "/ebooks/link/sent/",
    "/consultation/",
    "/consultation/thanks/",
    "/testimonials/",
    "/privacy/",
    "/my-data/erased/",
    "/robots.txt",
    "/sitemap.xml",
    "/.well-known/security.txt",
    "/site.webmanifest",
    "/social.png",
)


def test_public_pages_are_asked_for_anew_by_browsers_and_each_second_by_caches(client, starter):
    found = {path: client.get(path).headers["Cache-Control"] for path in PUBLIC_PATHS}

    assert found == dict.fromkeys(PUBLIC_PATHS, SHORT)
    assert [path for path in PUBLIC_PATHS if not is_public(path)] == []


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/articles/article/",
        "/ebooks/library/token/",
        "/my-data/token/",
        "/news/confirm/token/",
        "/preview/token/",
        "/healthz",
        "/readyz",
        "/static/css/site.css",
        "/no-such-page/",
        "/guides/back-spasm-treatment",
    ],
)
def test_nothing_else_is_public(path):
    assert not is_public(path)


def test_address_that_a_page_has_left_can_lead_back_to_it(client, db):
    """A browser that kept the redirect forever would never show the page at this address again."""
    article = make_article(slug="old")
    article.slug = "new"
    article.save()

    response = client.get("/guides/old/")

    assert (response.status_code, response["Location"]) == (301, "/guides/new/")
    assert response.headers["Cache-Control"] == SHORT


@pytest.mark.parametrize("path", ["/guides/none/", "/icon-33.png", "/no-such-page/"])
def test_page_that_is_not_there_is_kept_by_no_cache(client, db, path):
    response = client.get(path)

    assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("path", ["/ebooks/", "/consultation/", "/ebooks/link/"])
def test_form_with_errors_is_kept_by_no_cache(client, db, path):
    response = client.post(path, {})

    assert (response.status_code, response.headers["Cache-Control"]) == (422, "no-store")

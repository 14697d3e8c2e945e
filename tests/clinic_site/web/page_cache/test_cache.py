import pytest

from clinic_site.web.page_cache import cache
from tests.clinic_site.web.page_cache.edge import PUBLIC


def test_page_cache_renders_a_public_page_once(edge):
    first, second = edge.get(), edge.get()

    assert edge.renders == 1
    assert first == second
    assert (first["status"], first["body"]) == ("200 OK", edge.words)


def test_page_cache_answers_head_with_the_length_of_get(edge):
    head, get = edge.get(method="HEAD"), edge.get()

    assert (head["body"], get["body"]) == (b"", edge.words)
    assert head["headers"] == get["headers"]
    assert [environ["REQUEST_METHOD"] for environ in edge.asked] == ["GET"]


def test_page_cache_lets_go_within_a_second_of_an_edit(edge):
    edge.get()
    edge.version = 2
    edge.now = 1.0

    assert b"Rest. 2" in edge.get()["body"]
    assert edge.renders == 2


def test_page_cache_renders_anew_after_a_minute(edge):
    edge.get()
    edge.now = 59.9
    edge.get()
    assert edge.renders == 1
    edge.now = 60.0
    edge.get()
    assert edge.renders == 2


def test_page_cache_renders_without_what_a_page_must_not_depend_on(edge):
    edge.get(QUERY_STRING="utm_source=mail", HTTP_COOKIE="staff_session=a")
    edge.get(QUERY_STRING="fbclid=1")

    (asked,) = edge.asked
    assert (asked["QUERY_STRING"], asked["HTTP_COOKIE"]) == ("", "")


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", [("Content-Type", "text/html"), ("Cache-Control", "private, no-store")]),
        ("200 OK", [("Content-Type", "text/html")]),
        ("200 OK", [*PUBLIC, ("Set-Cookie", "a=b")]),
        ("200 OK", [*PUBLIC, ("Vary", "Cookie")]),
        ("200 OK", [("Content-Type", "image/png"), *PUBLIC[1:]]),
        ("200 OK", [*PUBLIC, ("Content-Encoding", "gzip")]),
        ("404 Not Found", PUBLIC),
        ("422 Unprocessable Entity", PUBLIC),
        ("500 Internal Server Error", PUBLIC),
    ],
)
def test_page_cache_keeps_only_text_that_is_the_same_for_everybody(edge, status, headers):
    edge.status, edge.headers = status, headers

    edge.get()
    answer = edge.get()

    assert (answer["status"], answer["body"]) == (status, edge.words)
    assert edge.renders >= 2
    assert edge.cache.pages == {}


def test_page_cache_leaves_a_redirect_to_the_one_who_asked(edge):
    """A redirect may repeat the query string of its own visitor."""
    edge.status, edge.headers = "301 Moved Permanently", [("Location", "https://h/")]

    edge.get(QUERY_STRING="from=card")

    assert edge.asked[-1]["QUERY_STRING"] == "from=card"


def test_page_cache_passes_on_what_is_not_public_as_it_is(edge):
    edge.is_public = False

    assert edge.get(method="HEAD", QUERY_STRING="a=b")["body"] == edge.words
    edge.get()

    assert (edge.asked[0]["REQUEST_METHOD"], edge.asked[0]["QUERY_STRING"]) == ("HEAD", "a=b")
    assert (edge.renders, edge.looks, edge.cache.pages) == (2, 0, {})


def test_page_cache_passes_a_post_through(edge):
    edge.get()
    edge.get(method="POST")

    assert [environ["REQUEST_METHOD"] for environ in edge.asked] == ["GET", "POST"]


def test_page_cache_never_shows_a_page_under_another_name(edge):
    edge.get()
    edge.get(HTTP_HOST="evil.example")

    assert edge.renders == 2


def test_page_cache_keeps_one_page_for_all_ways_to_write_its_host(edge):
    for host in ("h", "H", "h:80", "h:8000", "h.", "H.:443"):
        edge.get(HTTP_HOST=host)

    assert (edge.renders, len(edge.cache.pages)) == (1, 1)


@pytest.mark.parametrize("host", ["h:80x", "h:", "h:-1", "h/", "h@evil.example", "h h", ""])
def test_page_cache_leaves_an_odd_host_to_django(edge, host):
    edge.get()

    edge.get(HTTP_HOST=host)
    edge.get(HTTP_HOST=host)

    assert (edge.renders, len(edge.cache.pages)) == (3, 1)


def test_page_cache_believes_the_first_proxy(edge):
    for schemes in ("https", "https,http", "https , http"):
        edge.get(HTTP_X_FORWARDED_PROTO=schemes)
    edge.get(HTTP_X_FORWARDED_PROTO="http, https")

    assert edge.renders == 2


def test_page_cache_is_bounded_and_goes_on_keeping_new_pages(edge, monkeypatch):
    monkeypatch.setattr(cache, "MAX_PAGES", 2)

    for path in ("/a/", "/b/", "/c/"):
        edge.get(path)

    assert [path for *_, path in edge.cache.pages] == ["/b/", "/c/"]


def test_page_cache_lets_go_first_of_what_was_rendered_longest_ago(edge, monkeypatch):
    monkeypatch.setattr(cache, "MAX_PAGES", 2)
    edge.get("/in-use/")
    edge.get("/once/")
    edge.now = 60.0
    edge.get("/in-use/")

    edge.get("/new/")

    assert [path for *_, path in edge.cache.pages] == ["/in-use/", "/new/"]


def test_page_cache_compresses_a_page_smaller_beside_the_requests(edge):
    edge.body = b"".join(b"<p>%d knees and %d backs</p>" % (n, n * n) for n in range(400))
    quick = edge.get(HTTP_ACCEPT_ENCODING="br")
    edge.settle()

    small = edge.get(HTTP_ACCEPT_ENCODING="br")

    assert len(small["body"]) < len(quick["body"])
    assert small["headers"]["ETag"] == quick["headers"]["ETag"]


def test_page_cache_compresses_words_that_did_not_change_only_once(edge, monkeypatch):
    shrunk = []
    monkeypatch.setattr(cache, "shrink", shrunk.append)
    edge.get()
    edge.settle()
    edge.now = 60.0

    edge.get()
    edge.settle()

    assert (edge.renders, len(shrunk)) == (2, 1)


def test_page_cache_compresses_no_words_that_have_changed_again(edge, monkeypatch):
    shrunk = []
    monkeypatch.setattr(cache, "shrink", lambda variants: shrunk.append(variants[""]))
    monkeypatch.setattr(edge.cache.compressor, "do", (tasks := []).append)
    edge.get()
    edge.version, edge.now = 2, 1.0
    while edge.get()["body"] != edge.words:
        pass  # on a busy machine, a look at the version may take longer

    for task in tasks:
        task()

    assert shrunk == [edge.words]

import gzip

import brotli
import pytest
from django.db import DatabaseError

from clinic_site import page_cache
from clinic_site.models import ContentVersion
from clinic_site.page_cache import PageCache, accepted_encoding

BODY = b"<p>Rest.</p>" * 100
PUBLIC = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "public, max-age=60")]


class Application:
    """A WSGI application that counts how often it is asked."""

    def __init__(self, status="200 OK", headers=PUBLIC):
        self.status, self.headers, self.calls = status, headers, 0

    def __call__(self, environ, start_response):
        self.calls += 1
        start_response(self.status, list(self.headers))
        return [BODY]


class Visitor:
    def __init__(self, application):
        self.now = 0.0
        self.cache = PageCache(application, clock=lambda: self.now)

    def get(self, path="/", method="GET", **environ):
        answer = {}

        def start_response(status, headers, exc_info=None):
            answer.update(status=status, headers=dict(headers))

        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "h"} | environ
        answer["body"] = b"".join(self.cache(environ, start_response))
        return answer


@pytest.fixture
def application(transactional_db):
    return Application()


@pytest.fixture
def visitor(application):
    return Visitor(application)


def test_page_cache_renders_a_public_page_once(application, visitor):
    first, second = visitor.get(), visitor.get()

    assert application.calls == 1
    assert first == second
    assert first["body"] == BODY


@pytest.mark.parametrize(
    ("accepts", "encoding", "decode"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("", None, bytes),
    ],
)
def test_page_cache_answers_in_the_encoding_asked_for(visitor, accepts, encoding, decode):
    answer = visitor.get(HTTP_ACCEPT_ENCODING=accepts)

    assert answer["headers"].get("Content-Encoding") == encoding
    assert answer["headers"]["Content-Length"] == str(len(answer["body"]))
    assert answer["headers"]["Vary"] == "Accept-Encoding"
    assert decode(answer["body"]) == BODY


def test_page_cache_answers_304_to_whoever_has_the_page(visitor):
    etag = visitor.get()["headers"]["ETag"]

    answer = visitor.get(HTTP_IF_NONE_MATCH=f'W/"x", {etag}')

    assert (answer["status"], answer["body"]) == ("304 Not Modified", b"")
    assert answer["headers"]["ETag"] == etag


def test_page_cache_answers_head_with_the_length_of_get(visitor):
    head, get = visitor.get(method="HEAD"), visitor.get()

    assert head["body"] == b""
    assert head["headers"] == get["headers"]


def test_page_cache_passes_a_head_on_as_a_head(visitor):
    asked = []

    def private(environ, start_response):
        asked.append(environ["REQUEST_METHOD"])
        start_response("200 OK", [("Content-Type", "application/pdf")])
        return [BODY]

    visitor.cache.application = private

    assert visitor.get(method="HEAD")["body"] == b""
    assert asked == ["HEAD"]


def test_page_cache_lets_go_within_a_second_of_an_edit(application, visitor):
    visitor.get()
    ContentVersion.bump()

    visitor.now = 0.9
    visitor.get()
    assert application.calls == 1
    visitor.now = 1.0
    visitor.get()
    assert application.calls == 2


def test_page_cache_renders_anew_after_a_minute(application, visitor):
    visitor.get()
    visitor.now = 59.9
    visitor.get()
    assert application.calls == 1
    visitor.now = 60.0
    visitor.get()
    assert application.calls == 2


def test_page_cache_serves_old_pages_while_the_database_is_away(application, visitor, monkeypatch):
    visitor.get()

    def broken():
        raise DatabaseError

    monkeypatch.setattr(page_cache.ContentVersion, "current", broken)
    visitor.now = 600.0

    assert visitor.get()["body"] == BODY
    assert application.calls == 1


def test_page_cache_renders_anew_once_the_database_is_back(application, visitor, monkeypatch):
    def broken():
        raise DatabaseError

    visitor.get()
    with monkeypatch.context() as trouble:
        trouble.setattr(page_cache.ContentVersion, "current", broken)
        visitor.now = 600.0
        visitor.get()

    visitor.now = 602.0
    visitor.get()

    assert application.calls == 2


def test_page_cache_keeps_nothing_rendered_across_an_edit(application, visitor):
    def edited_while_rendering(environ, start_response):
        visitor.cache.pages = {}
        return application(environ, start_response)

    visitor.cache.application = edited_while_rendering
    visitor.get()

    assert visitor.cache.pages == {}


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", [("Content-Type", "text/html"), ("Cache-Control", "private, no-store")]),
        ("200 OK", [("Content-Type", "text/html")]),
        ("200 OK", [*PUBLIC, ("Set-Cookie", "a=b")]),
        ("200 OK", [*PUBLIC, ("Vary", "Cookie")]),
        ("404 Not Found", PUBLIC),
        ("422 Unprocessable Entity", PUBLIC),
    ],
)
def test_page_cache_keeps_only_what_is_the_same_for_everybody(transactional_db, status, headers):
    application = Application(status, headers)
    visitor = Visitor(application)

    visitor.get()
    visitor.get()

    assert application.calls == 2


@pytest.mark.parametrize("path", ["/static/css/site.css", "/healthz"])
def test_page_cache_lets_others_be(application, visitor, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        visitor.get(path)
        visitor.get(path)

    assert application.calls == 2


def test_page_cache_passes_a_post_through(application, visitor):
    visitor.get()
    visitor.get(method="POST")

    assert application.calls == 2


def test_page_cache_never_shows_a_page_under_a_refused_name(application, visitor):
    visitor.get()
    visitor.get(HTTP_HOST="evil.example")

    assert application.calls == 2


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("br", "br"),
        ("GZIP", "gzip"),
        ("identity", ""),
        ("br; q=0.0,gzip", "gzip"),
        ("deflate, *", ""),
    ],
)
def test_accepted_encoding(header, expected):
    assert accepted_encoding(header) == expected

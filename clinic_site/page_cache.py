"""Whole pages at the WSGI edge, ready compressed, so that a page costs what a bare answer costs.

Kept are 200 answers that say `Cache-Control: public`; such pages read no cookie and no query
string. Everything is let go when the content version moves, which is looked at once a second, and
by itself after a minute, for articles that are published by the clock. While the database is out
of reach, what is here stays readable (promise 2).
"""

import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import brotli
from django.conf import settings
from django.db import Error, connection

from clinic_site.models import ContentVersion

MAX_PAGES = 1000
MAX_AGE_SECONDS = 60
VERSION_EVERY_SECONDS = 1.0
ENCODINGS = ("br", "gzip", "")

# Static files are compressed at build, and /healthz must not ask the database for its version.
PASSED_BY = (settings.STATIC_URL, "/healthz")

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    kept_at: float
    etag: str
    variants: dict[str, tuple[bytes, Headers]]  # by content encoding; "" is the plain one
    not_modified: Headers


class PageCache:
    def __init__(self, application: Callable[..., Iterable[bytes]], clock=time.monotonic):
        self.application = application
        self.clock = clock
        self.pages: dict[tuple[str, bool, str], Page] = {}
        self.version: int | None = None
        self.version_at = float("-inf")
        self.is_storage_down = False
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response) -> Iterable[bytes]:
        is_read = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        if not is_read or environ["PATH_INFO"].startswith(PASSED_BY):
            return self.application(environ, start_response)
        self.watch_version()
        # A page is the same under all names; the name is in the key so that one that Django
        # refuses never finds it. Ports and odd proxies must not multiply what is kept.
        host, _, port = environ.get("HTTP_HOST", "").lower().partition(":")
        if port and not port.isdecimal():
            return self.application(environ, start_response)
        # Of several, Django believes the first.
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").partition(",")[0].strip()
        key = (host, scheme == "https", environ["PATH_INFO"])
        page = self.pages.get(key)
        if page and (self.is_storage_down or self.clock() - page.kept_at < MAX_AGE_SECONDS):
            return answer(page, environ, start_response)
        return self.render(key, environ, start_response)

    def watch_version(self) -> None:
        """Empties the cache when content has moved; at most one look a second, by one thread."""
        now = self.clock()
        if now - self.version_at < VERSION_EVERY_SECONDS or not self.lock.acquire(blocking=False):
            return
        try:
            self.version_at = now
            connection.close_if_unusable_or_obsolete()
            version = ContentVersion.current()
            self.is_storage_down = False
            if version != self.version:
                self.pages, self.version = {}, version
        except Error:
            self.is_storage_down = True
        finally:
            self.lock.release()

    def render(self, key, environ, start_response) -> Iterable[bytes]:
        """Django's answer; kept, when it is public, for the next visitor."""
        kept = self.pages  # an edit that arrives while rendering replaces it: then nothing is kept
        status, headers, body = self.ask(environ)
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        if is_head:
            close(body)
            body = []
        if not is_public(status, headers):
            start_response(status, headers)
            return body
        if is_head:  # its headers must tell the length of the GET it stands for
            status, headers, body = self.ask(environ | {"REQUEST_METHOD": "GET"})
        page = keep(b"".join(body), headers, self.clock())
        close(body)
        if key in kept or len(kept) < MAX_PAGES:
            kept[key] = page
        return answer(page, environ, start_response)

    def ask(self, environ: dict[str, Any]) -> tuple[str, Headers, Iterable[bytes]]:
        started: list[Any] = []
        body = self.application(environ, lambda status, headers: started.extend([status, headers]))
        return started[0], started[1], body


def close(iterable: Any) -> None:
    if hasattr(iterable, "close"):
        iterable.close()


def is_public(status: str, headers: Headers) -> bool:
    named = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200")
        and "public" in named.get("cache-control", "")
        and named.get("content-type", "").startswith(("text/", "application/"))
        and not named.keys() & {"set-cookie", "content-encoding", "vary"}
    )


def keep(body: bytes, headers: Headers, now: float) -> Page:
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    own = {"content-length", "etag", "vary"}
    shared = [(name, value) for name, value in headers if name.lower() not in own]
    shared += [("ETag", etag), ("Vary", "Accept-Encoding")]
    bodies = {
        "br": brotli.compress(body),
        "gzip": gzip.compress(body, mtime=0),
        "": body,
    }
    variants = {}
    for encoding, encoded in bodies.items():
        extra = [("Content-Length", str(len(encoded)))]
        if encoding:
            extra.append(("Content-Encoding", encoding))
        variants[encoding] = (encoded, shared + extra)
    return Page(kept_at=now, etag=etag, variants=variants, not_modified=shared)


def answer(page: Page, environ: dict[str, Any], start_response) -> Iterable[bytes]:
    wanted = environ.get("HTTP_IF_NONE_MATCH", "")
    if wanted and (page.etag in wanted or wanted.strip() == "*"):
        start_response("304 Not Modified", page.not_modified)
        return []
    body, headers = page.variants[accepted_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))]
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def accepted_encoding(header: str) -> str:
    """The best of ENCODINGS that an Accept-Encoding header takes; q=0 refuses one."""
    offered = set()
    for part in header.lower().split(","):
        name, _, quality = part.partition(";")
        if quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            offered.add(name.strip())
    return next((encoding for encoding in ENCODINGS if encoding in offered), "")

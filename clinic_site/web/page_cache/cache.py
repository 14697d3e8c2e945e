"""Keeps whole pages, already compressed, and answers before Django runs.

Only views marked by `public_page` or `public_when_read` are kept, because their answers depend on
nothing but the path. A page is rendered again after each edit (the content version has changed) and
after a minute, because articles can be published at a set time. Only one request renders a page.
The others get the former page meanwhile, or wait if the former page is too old (promise 30). While
the database is down, pages stay readable (promise 2). docs/decisions/0003-edge-cache.md has the
reasons and the measurements.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port

from clinic_site.web.page_cache.background import BackgroundThread
from clinic_site.web.page_cache.kept_page import Page, Variants, make_page, shrink
from clinic_site.web.page_cache.version_watch import VersionWatch
from clinic_site.web.public_page import is_public

MAX_PAGES = 1000
MAX_AGE_SECONDS = 60.0
FORMER_SECONDS = 1.0  # how long after an edit the former page may be shown
RETRY_SECONDS = 1.0  # how long to wait after a page could not be rendered
RENDER_SECONDS = 5.0  # if a render takes longer, the next request begins another one
WAIT_SECONDS = 10.0  # if a request waits longer for others' renders, Django answers it alone

# Removed for the render, so that a page cannot depend on them by mistake.
AS_FOR_ALL = {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "HTTP_COOKIE": ""}

Key = tuple[str, bool, str]


@dataclass
class Render:
    version: int | None
    began_at: float
    page: Page | None = None
    done: threading.Event = field(default_factory=threading.Event)


class PageCache:
    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        *,
        watch: VersionWatch | None = None,
        is_public: Callable[[str], bool] = is_public,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.application = application
        self.watch = watch or VersionWatch(clock=clock)
        self.is_public = is_public
        self.clock = clock
        self.pages: dict[Key, Page] = {}  # the one that was rendered longest ago comes first
        self.renders: dict[Key, Render] = {}
        self.lock = threading.Lock()  # of the two above
        self.compressor = BackgroundThread("page-compressor")

    def __call__(self, environ: dict[str, Any], start_response) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self.pass_on_edit(environ, start_response)
        key = key_of(environ)
        if key is None or (key not in self.pages and not self.is_public(environ["PATH_INFO"])):
            return self.application(environ, start_response)
        is_latest_wanted = wants_latest(environ)
        self.watch.refresh(is_latest_wanted=is_latest_wanted)
        page = self.find(key, environ, is_latest_wanted)
        return (page.answer if page else self.application)(environ, start_response)

    def pass_on_edit(self, environ: dict[str, Any], start_response) -> Iterable[bytes]:
        try:
            return self.application(environ, start_response)
        finally:
            if environ["PATH_INFO"].startswith(f"/{settings.ADMIN_PATH}"):
                self.watch.doubt()

    def find(self, key: Key, environ: dict[str, Any], is_latest_wanted: bool) -> Page | None:
        """The page to answer with; None if Django has to answer this request alone."""
        give_up_at = self.clock() + WAIT_SECONDS
        while (now := self.clock()) < give_up_at:
            page = self.pages.get(key)
            if page and self.is_good(page, now):
                return page
            is_own, render = self.join_or_begin(key, now)
            if render is None:
                continue  # another request has rendered it meanwhile
            if is_own:
                self.render(key, render, environ)
            elif page and not is_latest_wanted and self.may_still_show(page, now):
                return page
            elif not render.done.wait(min(render.began_at + RENDER_SECONDS, give_up_at) - now):
                continue  # it has taken too long
            # If there was an edit during the render, the page is out of date: try again.
            if render.page and render.version == self.watch.known.version:
                return render.page if render.page.is_for_all else None
        return None

    def is_good(self, page: Page, now: float) -> bool:
        is_fresh = now < page.expires_at or self.watch.is_storage_in_trouble
        return is_fresh and page.version == self.watch.known.version

    def may_still_show(self, page: Page, now: float) -> bool:
        """Whether an out-of-date page may be shown while another request renders the new one."""
        known = self.watch.known
        if page.version != known.version:
            return page.version == known.former and now < known.moved_at + FORMER_SECONDS
        return now < page.expires_at + MAX_AGE_SECONDS

    def join_or_begin(self, key: Key, now: float) -> tuple[bool, Render | None]:
        """(whether this thread must do the render, the render); (False, None) if none is needed."""
        version = self.watch.known.version
        with self.lock:
            render, page = self.renders.get(key), self.pages.get(key)
            if render and render.version == version and now < render.began_at + RENDER_SECONDS:
                return False, render
            if page and self.is_good(page, now):
                return False, None
            self.renders[key] = Render(version, began_at=now)
            return True, self.renders[key]

    def render(self, key: Key, render: Render, environ: dict[str, Any]) -> None:
        former = self.pages.get(key)
        try:
            page = self.ask(environ | AS_FOR_ALL, former)
            page.version, page.expires_at = render.version, self.clock() + MAX_AGE_SECONDS
            render.page = self.settle(key, page)
        finally:
            with self.lock:
                if self.renders.get(key) is render:
                    del self.renders[key]
            render.done.set()

    def ask(self, environ: dict[str, Any], former: Page | None) -> Page:
        started: list[Any] = []
        body = self.application(environ, lambda status, headers: started.extend([status, headers]))
        try:
            status, headers = started
            return make_page(status, headers, b"".join(body), former)
        finally:
            if hasattr(body, "close"):
                body.close()

    def settle(self, key: Key, page: Page) -> Page:
        """Stores the rendered page, or removes the former one. Returns the page to answer with."""
        with self.lock:
            former = self.pages.get(key)
            if page.version != self.watch.known.version:
                return page  # there was an edit during the render
            if page.is_kept:
                self.pages.pop(key, None)
                self.pages[key] = page
                if len(self.pages) > MAX_PAGES:
                    del self.pages[next(iter(self.pages))]
            elif not page.status.startswith("5"):
                self.pages.pop(key, None)  # the page is gone, for example withdrawn
            elif former and former.version == page.version:
                former.expires_at = self.clock() + RETRY_SECONDS
                return former
        if page.is_kept and not (former and former.variants is page.variants):
            self.compressor.do(partial(self.shrink, key, page.variants))
        return page

    def shrink(self, key: Key, variants: Variants) -> None:
        """Compresses better, unless the page has changed again before its turn came."""
        page = self.pages.get(key)
        if page and page.variants is variants:
            shrink(variants)


def key_of(environ: dict[str, Any]) -> Key | None:
    """The key under which a page is kept; None if there is no valid Host header.

    The host name is part of the key, although a page is the same under each name of the site: a
    request under a name that Django refuses must reach Django. The port is not part of it, so that
    requests with many ports cannot fill the cache.
    """
    host, _port = split_domain_port(environ.get("HTTP_HOST", ""))
    if not host:
        return None
    # Proxies in a row may each have added their value. Django uses the first.
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").partition(",")[0].strip()
    return host, scheme == "https", environ["PATH_INFO"]


def wants_latest(environ: dict[str, Any]) -> bool:
    """Whether a browser reloads the page, or a person comes from the admin to see an edit."""
    control = environ.get("HTTP_CACHE_CONTROL", "")
    return (
        "no-cache" in control
        or "max-age=0" in control
        or f"/{settings.ADMIN_PATH}" in environ.get("HTTP_REFERER", "")
    )

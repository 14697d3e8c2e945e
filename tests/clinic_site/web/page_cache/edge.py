"""A page cache in front of a small fake application, for the tests of the page cache."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from clinic_site.web.page_cache.background import BackgroundThread
from clinic_site.web.page_cache.cache import PageCache
from clinic_site.web.page_cache.version_watch import VersionWatch

LONG_SECONDS = 20  # a thread that takes longer is stuck, and its test fails
PUBLIC = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "public, max-age=0")]


class CountedEvent(threading.Event):
    def __init__(self, waits):
        super().__init__()
        self.waits = waits

    def wait(self, timeout=None):
        self.waits.append(timeout)
        return super().wait(timeout)


class Edge:
    """A site whose clock, content version and answers are set by the test."""

    def __init__(self, clock=None):
        self.now, self.version, self.looks = 0.0, 1, 0
        self.status, self.headers, self.body = "200 OK", PUBLIC, None
        self.asked = []  # the environ of each call of the application
        self.holds = {}  # by the number of the call: the event for which its answer waits
        self.is_public = True
        self.waits = []  # one entry for each reader who waits for a render of ask_and_hold()
        clock = clock or (lambda: self.now)
        self.watch = VersionWatch(self.look, clock)
        self.cache = PageCache(
            self.application, watch=self.watch, is_public=lambda path: self.is_public, clock=clock
        )
        self.pool = ThreadPoolExecutor(64)

    def look(self):
        self.looks += 1
        return self.version

    @property
    def words(self):
        return self.body or f"<p>Rest. {self.version}</p>".encode() * 100

    def application(self, environ, start_response):
        self.asked.append(environ)
        hold, body, status = self.holds.get(len(self.asked)), self.words, self.status
        if hold:
            assert hold.wait(LONG_SECONDS)
        if isinstance(status, Exception):
            raise status
        start_response(status, list(self.headers))
        return [body]

    @property
    def renders(self):
        return len(self.asked)

    def get(self, path="/", method="GET", **environ):
        answer = {}

        def start_response(status, headers, exc_info=None):
            answer.update(status=status, headers=dict(headers))

        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "h"} | environ
        answer["body"] = b"".join(self.cache(environ, start_response))
        return answer

    def ask(self, *arguments, **environ):
        """Calls get() in a new thread; result() returns the answer."""
        return self.pool.submit(self.get, *arguments, **environ)

    def ask_and_hold(self, *arguments, **environ):
        """Starts a render and holds it. Returns its future answer, and the event to release it."""
        number = self.renders + 1
        released = self.holds[number] = threading.Event()
        answer = self.ask(*arguments, **environ)
        until(lambda: self.renders == number)
        for render in self.cache.renders.values():
            render.done = CountedEvent(self.waits)
        return answer, released

    def until_waiting(self, readers):
        until(lambda: len(self.waits) == readers)

    def release_all(self):
        """Lets all held renders go on, because pytest cannot end while a thread waits."""
        self.now = float("inf")
        for released in self.holds.values():
            released.set()
        self.pool.shutdown(wait=False)

    def settle(self):
        """Waits until the background threads have nothing left to do."""
        done = threading.Event()
        # Through the class, because a test may have replaced the method of this object.
        BackgroundThread.do(self.cache.compressor, done.set)
        assert done.wait(LONG_SECONDS)


def until(condition):
    end = time.monotonic() + LONG_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def result(answer):
    return answer.result(LONG_SECONDS)

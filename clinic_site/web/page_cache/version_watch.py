"""What this process knows of the content version, which changes with each edit of public content.

A background thread reads the version from the database, one look at a time. So a slow database
delays a reader by at most LOOK_SECONDS, and only until a look has failed.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.db import Error, connection

from clinic_site.models import ContentVersion
from clinic_site.web.page_cache.background import BackgroundThread

LOOK_EVERY_SECONDS = 0.1  # while pages are requested; a look costs 0.2 ms
TRUST_SECONDS = 0.5  # if the last look is older, a request waits for a new one
LOOK_SECONDS = 1.0  # if a look takes longer, the database is in trouble


@dataclass(frozen=True)
class Known:
    """The result of a look. Replaced as a whole, so that no thread sees a mix of two looks."""

    version: int | None = None
    at: float = float("-inf")  # when the last successful look began
    former: int | None = None
    moved_at: float = float("-inf")  # the earliest time at which `former` may have been replaced


@dataclass
class Look:
    began_at: float
    done: threading.Event = field(default_factory=threading.Event)


class VersionWatch:
    def __init__(
        self,
        current: Callable[[], int] = ContentVersion.current,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.current = current
        self.clock = clock
        self.known = Known()
        self.doubted_at = float("-inf")
        self.failed_at = float("-inf")
        self.running: Look | None = None
        self.lock = threading.Lock()
        self.background = BackgroundThread("version-watch")

    @property
    def is_storage_in_trouble(self) -> bool:
        """Whether a look has just failed, or the running one takes too long."""
        look, now = self.running, self.clock()
        is_slow = look is not None and now - look.began_at >= LOOK_SECONDS
        return is_slow or now - self.failed_at < LOOK_SECONDS

    def doubt(self) -> None:
        """Call after a possible edit in this process: the next request waits for a new look."""
        self.doubted_at = self.clock()

    def refresh(self, *, is_latest_wanted: bool) -> None:
        """Starts a look when it is time. Waits for it if the last one is too old to be trusted."""
        now = self.clock()
        needed = now if is_latest_wanted else max(now - TRUST_SECONDS, self.doubted_at)
        if self.known.at >= needed:
            if now - self.known.at >= LOOK_EVERY_SECONDS:
                self.look()
            return
        # Twice: the running look may have begun before the edit, the one after it has not.
        for _ in range(2):
            look = self.look()
            if self.is_storage_in_trouble:
                return
            look.done.wait(look.began_at + LOOK_SECONDS - now)
            if self.known.at >= needed or self.is_storage_in_trouble:
                return

    def look(self) -> Look:
        """The running look. Starts one if none is running."""
        with self.lock:
            if (look := self.running) is None:
                look = self.running = Look(began_at=self.clock())
                self.background.do(partial(self.finish, look))
            return look

    def finish(self, look: Look) -> None:
        try:
            connection.close_if_unusable_or_obsolete()
            version = self.current()
            known = self.known
            if version == known.version:
                self.known = Known(version, look.began_at, known.former, known.moved_at)
            else:
                self.known = Known(version, look.began_at, known.version, known.at)
            self.failed_at = float("-inf")
        except Error:
            self.failed_at = self.clock()
        finally:
            self.running = None
            look.done.set()

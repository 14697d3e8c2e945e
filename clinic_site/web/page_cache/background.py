"""Work that runs in the background, so that no visitor waits for it."""

import logging
import queue
import threading
from collections.abc import Callable

from django.db import connections

IDLE_SECONDS = 10.0

logger = logging.getLogger(__name__)


class BackgroundThread:
    """Runs tasks in one thread, one after the other.

    The thread starts with the first task, so a process that was forked meanwhile starts its own. It
    ends after IDLE_SECONDS without a task, so that an idle process keeps no database connection. It
    is a daemon thread, because none of its tasks is worth a delay when the process stops.
    """

    def __init__(self, name: str):
        self.name = name
        self.tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def do(self, task: Callable[[], None]) -> None:
        with self.lock:
            self.tasks.put(task)
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self.work, name=self.name, daemon=True)
                self.thread.start()

    def work(self) -> None:
        while task := self.next_task():
            try:
                task()
            except Exception:
                logger.exception("a background task failed")
        connections.close_all()

    def next_task(self) -> Callable[[], None] | None:
        try:
            return self.tasks.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            with self.lock:  # do() puts a task while it holds the lock, so none is overlooked
                if not self.tasks.empty():
                    return self.tasks.get()
                self.thread = None
                return None

"""The queue of writers in front of SQLite: first come, first served, across threads and processes.

SQLite lets one writer in at a time and lets the others poll, so that some wait for seconds while
others pass them. Here every writer takes a number, the time at which it came, and locks the byte
at that offset of a file beside the database. Its turn comes when no lower byte is locked. When a
process dies, the kernel drops its locks and the next writer goes on.

The queue decides only who is next. SQLite still keeps two writers apart, so where the file cannot
be used, or another program does not queue, nothing is lost but the order. docs/decisions/0010 has
the measurements, and what else was tried.
"""

import fcntl
import logging
import os
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

logger = logging.getLogger(__name__)

NUMBERS_TRIED = 10
NOT_OPEN = -1


class TooLateError(Exception):
    """The turn did not come in time."""


class Turn:
    """A place in the queue, from `enter` to `leave`."""

    def __init__(self, queue: "WriteQueue", number: int):
        self.queue = queue
        self.number = number
        self.is_called = False
        self.call = threading.Lock()
        self.call.acquire()

    def leave(self) -> None:
        self.queue.leave(self)


class WriteQueue:
    """The writers of this process to one database, and their numbers in the file of all processes.

    A file lock cannot be waited for with a deadline. Therefore one thread of the process waits for
    the lower numbers of other processes, and a writer waits for a call from it or from the writer
    before. Locks belong to the process, so the writers of one process do not see each other's.
    """

    def __init__(self, database: Path):
        self.database = database
        self.reset()

    def reset(self) -> None:
        self.file = NOT_OPEN
        self.turns: deque[Turn] = deque()  # only the first can be called
        self.last_number = 0
        # Reentrant, because a forgotten connection may be collected, and leave, anywhere below.
        self.guard = threading.RLock()
        self.is_waiting_for_others = False
        self.numbers_to_wait_for: SimpleQueue[int] | None = None

    def enter(self, seconds: float) -> Turn | None:
        """Returns when it is the caller's turn, or raises TooLateError after so many seconds.

        None when there is no queue, because its file cannot be made or locked.
        """
        deadline = time.monotonic() + seconds
        with self.guard:
            if not self.open() or not (number := self.take_number()):
                return None
            turn = Turn(self, number)
            self.turns.append(turn)
        try:
            self.call_next()
            is_called = turn.call.acquire(timeout=max(0, deadline - time.monotonic()))
            if not is_called or time.monotonic() >= deadline:
                raise TooLateError
        except BaseException:
            turn.leave()
            raise
        return turn

    def leave(self, turn: Turn) -> None:
        with self.guard:
            if turn not in self.turns:
                return
            self.turns.remove(turn)
            start = 0 if turn.is_called else turn.number
            fcntl.lockf(self.file, fcntl.LOCK_UN, turn.number + 1 - start, start)
            self.call_next()

    def open(self) -> bool:
        if self.file == NOT_OPEN:
            try:
                self.file = opened_beside(self.database)
            except OSError as error:
                logger.warning("there is no queue of writers: %s", error)
        return self.file != NOT_OPEN

    def take_number(self) -> int:
        """Locks the byte of the present time and returns its offset; 0 when that cannot be done.

        The writer whose turn it is has locked all lower bytes for reading. So one that was slow
        between reading the time and locking it must take another number, and no two are first.
        """
        for _ in range(NUMBERS_TRIED):
            self.last_number = max(time.monotonic_ns(), self.last_number + 1)
            try:
                fcntl.lockf(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self.last_number)
            except OSError:
                continue
            return self.last_number
        return 0

    def call_next(self) -> None:
        """Calls this process's first writer if it is the first of all; else waits for the others.

        Not while a writer of this process has its turn: were each of two processes to wait for the
        other's, the kernel would report a deadlock.
        """
        with self.guard:
            if not self.turns or self.turns[0].is_called or self.is_waiting_for_others:
                return
            try:
                fcntl.lockf(self.file, fcntl.LOCK_SH | fcntl.LOCK_NB, self.turns[0].number)
            except BlockingIOError:
                self.wait_for_others(self.turns[0].number)
            except OSError:
                self.call_first()
            else:
                self.call_first()

    def call_first(self) -> None:
        self.turns[0].is_called = True
        self.turns[0].call.release()

    def wait_for_others(self, number: int) -> None:
        if self.numbers_to_wait_for is None:
            numbers: SimpleQueue[int] = SimpleQueue()
            threading.Thread(target=self.keep_waiting, args=[numbers], daemon=True).start()
            self.numbers_to_wait_for = numbers
        self.is_waiting_for_others = True
        self.numbers_to_wait_for.put(number)

    def keep_waiting(self, numbers: "SimpleQueue[int]") -> None:
        while True:
            number = numbers.get()
            with suppress(OSError):  # `call_next` meets it too, and knows what to do
                fcntl.lockf(self.file, fcntl.LOCK_SH, number)
            with self.guard:
                self.is_waiting_for_others = False
                self.call_next()


def opened_beside(database: Path) -> int:
    """The file of the locks. Who may write the database may write it, also when root makes it."""
    like = database.stat()
    file = os.open(f"{database}-queue", os.O_RDWR | os.O_CREAT, like.st_mode & 0o666)
    if os.geteuid() == 0:
        os.fchown(file, like.st_uid, like.st_gid)
    return file


queues: dict[Path, WriteQueue] = {}


def queue_of(database: Path) -> WriteQueue:
    return queues.setdefault(database, WriteQueue(database))


def forget_the_parent() -> None:
    """A forked process has neither the locks nor the threads of its parent."""
    for queue in queues.values():
        queue.reset()


os.register_at_fork(after_in_child=forget_the_parent)

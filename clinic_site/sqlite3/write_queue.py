"""A queue of writers to SQLite: first come, first served, across threads and processes.

SQLite allows one writer at a time and lets the others poll, so that some wait for seconds while
others overtake them. Here every writer takes a number, which is the time at which it came, and
locks the byte at that offset of a file beside the database. Its turn comes when no lower byte is
locked. If a process dies, the kernel removes its locks, and the next writer has its turn.

The queue decides only the order. SQLite itself still prevents two writers at the same time, even if
the file cannot be used or another program does not use the queue. docs/decisions/0010 has the
measurements and the alternatives.
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
    """The turn did not come before the deadline."""


class Turn:
    """A writer's place in the queue, from `enter` to `leave`."""

    def __init__(self, queue: "WriteQueue", number: int):
        self.queue = queue
        self.number = number
        self.is_called = False
        self.call = threading.Lock()
        self.call.acquire()

    def leave(self) -> None:
        self.queue.leave(self)


class WriteQueue:
    """The writers of this process to one database. They share the file with all processes.

    A thread cannot wait for a file lock with a deadline. Therefore one thread of this process waits
    for the lower numbers of other processes, and each writer waits for a call from that thread or
    from the writer before it. File locks belong to the process, so they do not keep apart the
    writers of one process; `turns` does.
    """

    def __init__(self, database: Path):
        self.database = database
        self.reset()

    def reset(self) -> None:
        self.file = NOT_OPEN
        self.turns: deque[Turn] = deque()  # only the first one is called
        self.last_number = 0
        # Reentrant, because Python may delete a forgotten connection while this thread holds the
        # lock, and the connection then leaves the queue.
        self.guard = threading.RLock()
        self.is_waiting_for_others = False
        self.numbers_to_wait_for: SimpleQueue[int] | None = None

    def enter(self, seconds: float) -> Turn | None:
        """Returns when it is the caller's turn, or raises TooLateError after `seconds`.

        Returns None if there is no queue, because its file cannot be created or locked.
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
                self.file = open_beside(self.database)
            except OSError as error:
                logger.warning("there is no queue of writers: %s", error)
        return self.file != NOT_OPEN

    def take_number(self) -> int:
        """Locks the byte at the present time and returns its offset, or 0 if it cannot be locked.

        The writer whose turn it is holds a lock for reading on all lower bytes. Therefore a writer
        that is slow between reading the time and locking the byte fails, and takes another number.
        So two writers are never first at the same time.
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
        """Calls this process's first writer, or waits for writers of other processes before it.

        It does nothing while a writer of this process has its turn. If each of two processes waited
        for a byte of the other one, the kernel would report a deadlock.
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
            with suppress(OSError):  # `call_next` gets the same error, and handles it
                fcntl.lockf(self.file, fcntl.LOCK_SH, number)
            with self.guard:
                self.is_waiting_for_others = False
                self.call_next()


def open_beside(database: Path) -> int:
    """Opens the file of the locks. It has the owner and the permissions of the database."""
    like = database.stat()
    file = os.open(f"{database}-queue", os.O_RDWR | os.O_CREAT, like.st_mode & 0o666)
    if os.geteuid() == 0:
        os.fchown(file, like.st_uid, like.st_gid)
    return file


queues: dict[Path, WriteQueue] = {}


def queue_of(database: Path) -> WriteQueue:
    return queues.setdefault(database, WriteQueue(database))


def forget_the_parent() -> None:
    """Called in a forked process, which has neither the locks nor the threads of its parent."""
    for queue in queues.values():
        queue.reset()


os.register_at_fork(after_in_child=forget_the_parent)

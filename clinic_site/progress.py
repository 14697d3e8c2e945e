"""Shows how far a long command is, on standard error, because scripts read standard output.

In a terminal, each message replaces the one before. A log file or the journal gets a line for each
step and, within a step, one every five seconds.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

# Takes the name of the step and, if they are known, the number of items done and the total.
Tell = Callable[[str, int, int], None]

Item = TypeVar("Item")

TERMINAL_SECONDS = 0.1
LOG_SECONDS = 5.0
CLEAR_LINE = "\r\x1b[K"


def say_nothing(step: str, done: int = 0, total: int = 0) -> None:
    """The `Tell` for callers that do not show the progress."""


class Progress:
    """A `Tell` that writes to a stream. Leaving its `with` block ends the line in a terminal."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic):
        self.stream = stream or sys.stderr
        self.clock = clock
        self.is_terminal = self.stream.isatty()
        self.pause = TERMINAL_SECONDS if self.is_terminal else LOG_SECONDS
        self.step = ""
        self.written_at = 0.0

    def __call__(self, step: str, done: int = 0, total: int = 0) -> None:
        is_new, is_complete = step != self.step, 0 < total <= done
        if not (is_new or is_complete) and self.clock() - self.written_at < self.pause:
            return
        if is_new:
            self.end_line()
        self.step, self.written_at = step, self.clock()
        line = f"{step}: {done:,} of {total:,}" if total else f"{step} ..."
        self.stream.write(f"{CLEAR_LINE}{line}" if self.is_terminal else f"{line}\n")
        self.stream.flush()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *exception: object) -> None:
        self.end_line()

    def end_line(self) -> None:
        if self.step and self.is_terminal:
            self.stream.write("\n")
        self.step = ""


def count_items(items: Iterable[Item], tell: Tell, step: str, total: int) -> Iterator[Item]:
    """Yields the items, and tells the count each time the caller is done with one."""
    tell(step, 0, total)
    for done, item in enumerate(items, 1):
        yield item
        tell(step, done, total)

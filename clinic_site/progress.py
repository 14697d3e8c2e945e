"""Long commands say how far they are, on standard error: standard output is for scripts.

In a terminal one line is written over and over. A log file or the journal gets a line for each
step and, within a step, one every few seconds.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

# Called with the step's name and, where they are known, how much is done and how much there is.
Tell = Callable[[str, int, int], None]

Item = TypeVar("Item")

TERMINAL_SECONDS = 0.1
LOG_SECONDS = 5.0
CLEAR_LINE = "\r\x1b[K"


def say_nothing(step: str, done: int = 0, total: int = 0) -> None:
    """What work that is not run from a command is given."""


class Progress:
    """A `Tell` that writes; used as a context, so that a terminal's line is ended."""

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


def told(items: Iterable[Item], tell: Tell, step: str, total: int) -> Iterator[Item]:
    """The items one by one, each counted once it has been dealt with."""
    tell(step, 0, total)
    for done, item in enumerate(items, 1):
        yield item
        tell(step, done, total)

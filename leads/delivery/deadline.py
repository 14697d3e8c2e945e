"""A time limit for a block of code, whatever the block waits for.

The timeout of a socket does not limit the whole time: it starts again with every byte, so a server
that sends one byte a second is never too late.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

REPEAT_SECONDS = 1


@contextmanager
def deadline(limit: timedelta) -> Iterator[None]:
    """Raises TimeoutError in the block once it has run for `limit`, then again every second.

    It raises again because a library may catch the first error and then wait for the same server
    while it closes the connection. It uses SIGALRM, because that interrupts any blocking call of
    the mail libraries (docs/decisions/0018-deadline.md), except a DNS query, which ends first.

    Python handles signals in the main thread only, so in another thread there is no limit. The mail
    worker has no other thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def raise_timeout(number, frame):
        raise TimeoutError(f"not done within {limit}")

    former_handler = signal.signal(signal.SIGALRM, raise_timeout)
    former_timer = signal.setitimer(signal.ITIMER_REAL, limit.total_seconds(), REPEAT_SECONDS)
    try:
        try:
            yield
        finally:
            # This line has its own `try`, because the alarm may interrupt it too. Then the outer
            # `finally` still restores the former handler.
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        # If an alarm was set before the block, set it again, with the time that was left then.
        signal.signal(signal.SIGALRM, former_handler)
        signal.setitimer(signal.ITIMER_REAL, *former_timer)

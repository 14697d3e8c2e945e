"""An end to work that waits for others, whatever it waits with.

A timeout of a socket counts from one byte to the next: a server that drips is never late.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

AGAIN_SECONDS = 1


@contextmanager
def deadline(limit: timedelta) -> Iterator[None]:
    """Raises TimeoutError in the block once it has run for `limit`, and every second from then on.

    Again, because libraries catch it to try the next address, or say goodbye to the same server
    while it goes up. What is stuck in C without a look at signals, as DNS is, ends first. Whoever
    had set the alarm before gets it back, later by the time this took. Python hears signals in
    the main thread only, so in others there is no end; the mail worker has no others.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number, frame):
        raise TimeoutError(f"not done within {limit}")

    handler = signal.signal(signal.SIGALRM, ring)
    alarm = signal.setitimer(signal.ITIMER_REAL, limit.total_seconds(), AGAIN_SECONDS)
    try:
        try:
            yield
        finally:
            # Of its own, as it may ring right here, and must never ring in what comes after.
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, *alarm)

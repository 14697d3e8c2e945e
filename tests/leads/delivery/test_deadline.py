import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest

from leads.delivery.deadline import deadline

SHORT = timedelta(seconds=0.1)


def test_deadline_ends_what_takes_too_long():
    began = time.monotonic()

    with pytest.raises(TimeoutError, match=r"^not done within 0:00:00.100000$"), deadline(SHORT):
        time.sleep(30)

    assert time.monotonic() - began < 2


def test_deadline_ends_a_block_that_catches_the_first_timeout():
    """A library may catch the timeout, then wait for the same server to say goodbye."""
    ended = []

    with pytest.raises(TimeoutError), deadline(SHORT):
        try:
            time.sleep(30)
        except TimeoutError:
            ended.append("send")
            time.sleep(30)

    assert ended == ["send"]


@pytest.mark.parametrize("seconds", [0, 30])
def test_deadline_restores_an_earlier_alarm(seconds):
    with deadline(timedelta(minutes=1)):
        handler = signal.getsignal(signal.SIGALRM)

        with suppress(TimeoutError), deadline(SHORT):
            time.sleep(seconds)

        assert signal.getsignal(signal.SIGALRM) is handler
        assert 50 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60


def test_deadline_leaves_other_threads_alone():
    def work():
        with deadline(SHORT):
            time.sleep(0.3)
        return "done"

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result(timeout=5) == "done"

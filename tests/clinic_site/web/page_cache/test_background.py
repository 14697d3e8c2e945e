import threading

from clinic_site.web.page_cache import background
from clinic_site.web.page_cache.background import BackgroundThread
from tests.clinic_site.web.page_cache.edge import LONG_SECONDS, until


def done_by(own):
    """Runs a task, and returns the thread in which it ran."""
    threads, done = [], threading.Event()
    own.do(lambda: threads.append(threading.current_thread()) or done.set())
    assert done.wait(LONG_SECONDS)
    return threads[0]


def test_background_thread_does_all_in_one_thread_one_after_the_other():
    own, order = BackgroundThread("test"), []

    for number in range(5):
        own.do(lambda number=number: order.append(number))
    first, second = done_by(own), done_by(own)

    assert order == [0, 1, 2, 3, 4]
    assert first is second is not threading.current_thread()


def test_background_thread_goes_on_after_a_task_that_failed(caplog):
    own = BackgroundThread("test")
    first = done_by(own)

    own.do(lambda: 1 / 0)

    assert done_by(own) is first
    assert [record.getMessage() for record in caplog.records] == ["a background task failed"]


def test_background_thread_ends_when_idle_and_begins_anew(monkeypatch):
    monkeypatch.setattr(background, "IDLE_SECONDS", 0.001)
    own = BackgroundThread("test")
    first = done_by(own)

    first.join(LONG_SECONDS)

    assert not first.is_alive()
    assert done_by(own) is not first


def test_background_thread_begins_anew_where_its_thread_is_gone(monkeypatch):
    """A forked process inherits the object, but not its running thread."""
    own = BackgroundThread("test")
    own.thread = gone = threading.Thread(target=lambda: None)
    gone.start()
    gone.join()

    assert done_by(own) is not gone


def test_background_thread_overlooks_no_task_that_comes_as_it_ends(monkeypatch):
    monkeypatch.setattr(background, "IDLE_SECONDS", 0.0)
    own, done = BackgroundThread("test"), []

    for number in range(300):
        own.do(lambda number=number: done.append(number))

    until(lambda: len(done) == 300)
    assert done == list(range(300))


def test_background_thread_holds_no_process_that_stops():
    assert done_by(BackgroundThread("test")).daemon

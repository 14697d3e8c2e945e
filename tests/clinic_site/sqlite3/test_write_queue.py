"""Writers in threads and in other processes have their turns in the order in which they came."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from clinic_site.sqlite3.write_queue import TooLateError, WriteQueue, queue_of
from tests.running_site import ROOT

LONG = 30  # seconds; a wait that should be short does not fail on a busy machine

# Prints when it waits in the queue and when it has its turn, and leaves when it reads a line.
OTHER = f"""
import os, sys, threading, time
from pathlib import Path
from clinic_site.sqlite3.write_queue import queue_of
queue = queue_of(Path(sys.argv[1]))
def tell():
    while not queue.turns:
        time.sleep(0.001)
    os.write(1, b"waits\\n")
threading.Thread(target=tell).start()
turn = queue.enter({LONG})
os.write(1, b"has its turn\\n")
sys.stdin.readline()
turn.leave()
"""

# Adds one to the number in a file, 200 times in each of 8 threads. Only the queue keeps them apart.
COUNTING = f"""
import sys, threading
from pathlib import Path
from clinic_site.sqlite3.write_queue import queue_of
queue, count = queue_of(Path(sys.argv[1])), Path(sys.argv[2])
def add():
    for _ in range(200):
        turn = queue.enter({LONG})
        count.write_text(str(int(count.read_text()) + 1))
        turn.leave()
threads = [threading.Thread(target=add) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""

FORKING = """
import os, sys
from pathlib import Path
from clinic_site.sqlite3.write_queue import TooLateError, queue_of
queue = queue_of(Path(sys.argv[1]))
turn = queue.enter(5)
has_waited, said = os.pipe()
if os.fork():
    os.read(has_waited, 1)
    turn.leave()
    os.wait()
    sys.exit()
try:
    queue.enter(0.1)
except TooLateError:
    os.write(said, b".")
queue.enter(5)
print("after its parent")
"""


class Other:
    """A writer in another process."""

    def __init__(self, database):
        command = [sys.executable, "-c", OTHER, str(database)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, cwd=ROOT, **pipes)
        self.said = {self.process.stdout.readline()}

    def has_its_turn(self) -> bool:
        """Waits for the turn. False if the process ends before it comes."""
        while "has its turn\n" not in self.said and (line := self.process.stdout.readline()):
            self.said.add(line)
        return "has its turn\n" in self.said

    def leave(self):
        self.process.communicate("\n")

    def end(self):
        self.process.kill()
        self.process.communicate()


class Thread(threading.Thread):
    """A writer in a thread of this process."""

    def __init__(self, queue):
        super().__init__(daemon=True)
        self.queue, self.came, self.may_leave = queue, threading.Event(), threading.Event()
        before = len(queue.turns)
        self.start()
        while len(queue.turns) == before:
            time.sleep(0.001)

    def run(self):
        turn = self.queue.enter(LONG)
        self.came.set()
        self.may_leave.wait(LONG)
        turn.leave()

    def has_its_turn(self) -> bool:
        return self.came.wait(LONG)

    def leave(self):
        self.may_leave.set()
        self.join()

    end = leave


@pytest.fixture
def queue(tmp_path):
    database = tmp_path / "db.sqlite3"
    database.touch()
    return queue_of(database)


@pytest.fixture
def add(queue):
    """Adds a writer to the end of the queue, and ends it with the test."""
    added = []

    def writer(kind) -> Other | Thread:
        added.append(Other(queue.database) if kind is Other else Thread(queue))
        return added[-1]

    yield writer
    for each in added:
        each.end()


@pytest.mark.parametrize(
    "kinds",
    [
        [Thread] * 4,
        [Other] * 3,
        [Thread, Other, Thread, Thread, Other],
        [Other, Thread, Other, Thread],
    ],
)
def test_writers_have_their_turns_in_the_order_in_which_they_came(queue, add, kinds):
    mine = queue.enter(LONG)
    writers = [add(kind) for kind in kinds]
    mine.leave()

    # Only one writer has its turn at a time. If another one had overtaken this one, this wait would
    # time out.
    for writer in writers:
        assert writer.has_its_turn()
        writer.leave()

    assert list(queue.turns) == []


def test_two_writers_never_have_their_turn_at_the_same_time(queue, tmp_path):
    count = tmp_path / "count"
    count.write_text("0")
    command = [sys.executable, "-c", COUNTING, str(queue.database), str(count)]

    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]

    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert count.read_text() == str(3 * 8 * 200)


@pytest.mark.parametrize("kind", [Thread, Other])
def test_writer_that_gives_up_at_its_deadline_blocks_no_other(queue, add, kind):
    first = add(kind)
    assert first.has_its_turn()
    began = time.monotonic()

    with pytest.raises(TooLateError):
        queue.enter(0.3)

    assert 0.3 <= time.monotonic() - began < LONG / 2
    last = add(Thread)
    first.leave()
    assert last.has_its_turn()


def test_writer_refuses_a_turn_after_its_deadline(queue, monkeypatch):
    """The turn came before the deadline, but the busy machine resumed the thread after it."""
    times = iter([0.0, 0.0, 5.1])
    monkeypatch.setattr(time, "monotonic", lambda: next(times))

    with pytest.raises(TooLateError):
        queue.enter(5)

    assert list(queue.turns) == []


@pytest.mark.parametrize("has_its_turn", [True, False])
def test_killed_process_gives_its_turn_to_the_next_writer(queue, add, has_its_turn):
    mine = None if has_its_turn else queue.enter(LONG)
    killed, following, last = add(Other), add(Thread), add(Other)
    assert not has_its_turn or killed.has_its_turn()

    killed.process.send_signal(signal.SIGKILL)
    if mine:
        mine.leave()

    for writer in (following, last):
        assert writer.has_its_turn()
        writer.leave()


def test_stopped_process_blocks_others_only_until_their_deadline(queue, add):
    stuck = add(Other)
    assert stuck.has_its_turn()
    stuck.process.send_signal(signal.SIGSTOP)

    with pytest.raises(TooLateError):
        queue.enter(0.2)
    with pytest.raises(TooLateError):
        queue.enter(0.2)
    following = add(Thread)
    stuck.process.send_signal(signal.SIGKILL)

    assert following.has_its_turn()


def test_forked_process_waits_for_the_turn_of_its_parent(queue):
    command = [sys.executable, "-c", FORKING, str(queue.database)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == "after its parent\n"


def test_interrupted_writer_leaves_the_queue(queue, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(queue, "call_next", interrupted)
    with pytest.raises(KeyboardInterrupt):
        queue.enter(LONG)
    monkeypatch.undo()

    assert list(queue.turns) == []
    queue.enter(LONG).leave()


@pytest.mark.parametrize("fault", ["no database", "no file of that name can be written"])
def test_there_is_no_queue_if_its_file_cannot_be_created(tmp_path, caplog, fault):
    database = tmp_path / "db.sqlite3"
    if fault != "no database":
        database.touch()
        database.with_name("db.sqlite3-queue").mkdir()

    assert WriteQueue(database).enter(LONG) is None

    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_queue_works_again_when_its_file_can_be_created(tmp_path):
    database = tmp_path / "db.sqlite3"
    queue = WriteQueue(database)
    assert queue.enter(LONG) is None

    database.touch()

    queue.enter(LONG).leave()
    assert (tmp_path / "db.sqlite3-queue").stat().st_size == 0


def test_file_of_the_queue_has_the_owner_of_the_database(queue):
    if os.geteuid() != 0:
        pytest.skip("only root makes files for others")
    os.chown(queue.database, 12345, 12346)
    queue.database.chmod(0o640)

    queue.enter(LONG).leave()

    made = queue.database.with_name("db.sqlite3-queue").stat()
    assert (made.st_uid, made.st_gid, made.st_mode & 0o777) == (12345, 12346, 0o640)

"""When a connection takes its turn in the queue of writers, and when it leaves the queue."""

import gc
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from clinic_site.models import Heartbeat
from clinic_site.sqlite3.base import WRITE
from clinic_site.sqlite3.write_queue import queue_of

TIMEOUT = 0.5
INSERT = "INSERT INTO clinic_site_heartbeat (at) VALUES ('2026-11-30')"


@pytest.fixture
def one(tmp_path, django_db_blocker, monkeypatch):
    """A connection to a database in a file. "two" is a second connection to the same file."""
    # If a browser test ran before, its event loop may still be in this thread.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}
    config = settings.DATABASES["default"] | {
        "ENGINE": "clinic_site.sqlite3",
        "NAME": str(tmp_path / "db.sqlite3"),
        "OPTIONS": options | {"timeout": TIMEOUT},
    }
    names = ("one", "two")
    with django_db_blocker.unblock():
        connections.databases.update(
            dict.fromkeys(names, connections.configure_settings({"default": config})["default"])
        )
        with connections["one"].schema_editor() as editor:
            editor.create_model(Heartbeat)
        yield connections["one"]
        for name in names:
            connections[name].close()
            del connections[name], connections.databases[name]


@pytest.fixture
def queue(one):
    return queue_of(Path(one.settings_dict["NAME"]))


def beat(using="one"):
    return Heartbeat.objects.using(using).create(at=timezone.now())


def beats() -> int:
    return Heartbeat.objects.using("two").count()


def run(statement, using="one"):
    with connections[using].cursor() as cursor:
        cursor.execute(statement)


def test_transaction_has_its_turn_from_begin_to_commit(one, queue):
    with transaction.atomic(using="one"):
        (turn,) = queue.turns
        with pytest.raises(ZeroDivisionError), transaction.atomic(using="one"):
            beat()
            1 / 0  # noqa: B018
        assert list(queue.turns) == [turn]
        with transaction.atomic(using="one"):
            beat()
        assert list(queue.turns) == [turn]

    assert (list(queue.turns), beats()) == ([], 1)


def test_transaction_that_fails_leaves_the_queue(one, queue):
    with pytest.raises(ZeroDivisionError), transaction.atomic(using="one", durable=True):
        beat()
        1 / 0  # noqa: B018

    assert (list(queue.turns), beats()) == ([], 0)
    beat()
    assert (list(queue.turns), beats()) == ([], 1)


def test_on_commit_callback_runs_after_the_turn(one, queue):
    found = []
    with transaction.atomic(using="one"):
        beat()
        transaction.on_commit(lambda: found.append((list(queue.turns), beat("two"))), using="one")

    assert [turns for turns, _ in found] == [[]]
    assert beats() == 2


def in_a_transaction():
    with transaction.atomic(using="one"):
        beat()


def in_a_batch():
    Heartbeat.objects.using("one").bulk_create([Heartbeat(at=timezone.now())])


def many():
    with connections["one"].cursor() as cursor:
        cursor.executemany("INSERT INTO clinic_site_heartbeat (at) VALUES (%s)", [["2026-11-30"]])


WRITES = {
    "atomic": in_a_transaction,
    "create": beat,
    "bulk_create": in_a_batch,
    "update": lambda: Heartbeat.objects.using("one").update(at=timezone.now()),
    "delete": lambda: Heartbeat.objects.using("one").filter(pk=7).delete(),
    "execute": lambda: run(INSERT),
    "executemany": many,
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_each_write_waits_for_its_turn_and_leaves(queue, write):
    turn = queue.enter(1)
    with pytest.raises(OperationalError, match="no turn to write within"):
        write()
    turn.leave()

    write()

    assert list(queue.turns) == []


def test_read_does_not_wait_for_a_turn(one, queue):
    beat()
    turn = queue.enter(1)

    assert Heartbeat.objects.using("one").count() == 1
    assert list(queue.turns) == [turn]


@pytest.mark.parametrize(
    ("statement", "is_write"),
    [
        ("SELECT 1", False),
        ("PRAGMA table_info(a)", False),
        ("SAVEPOINT a", False),
        ("EXPLAIN DELETE FROM a", False),
        ("WITH a AS (SELECT 1) SELECT * FROM a", False),
        ("SELECT 'INSERT INTO a'", False),
        ("BEGIN IMMEDIATE", True),
        ("insert into a values (1)", True),
        ("\n  -- a comment\n /* and\none */ UPDATE a SET b = 1", True),
        ("WITH a AS (SELECT 1)\nDELETE FROM b", True),
        ('CREATE TABLE "a" (b)', True),
    ],
)
def test_statement_that_writes_is_recognized(statement, is_write):
    assert bool(WRITE.match(statement)) == is_write


def seconds_of_a_refusal(write) -> float:
    began = time.monotonic()
    with pytest.raises(OperationalError, match="database is locked"):
        write()
    return time.monotonic() - began


def test_queue_and_sqlite_share_one_deadline(one, queue):
    """The turn comes after 3 of 4 seconds, and then another program has locked the database."""
    one.close()
    one.settings_dict["OPTIONS"]["timeout"] = 4
    turn = queue.enter(1)
    threading.Timer(3, turn.leave).start()
    with closing(sqlite3.connect(one.settings_dict["NAME"])) as other_program:
        other_program.execute("BEGIN IMMEDIATE")

        assert 3.9 < seconds_of_a_refusal(in_a_transaction) < 6

    assert list(queue.turns) == []
    assert one.cursor().execute("PRAGMA busy_timeout").fetchone() == (4000,)


def test_writer_leaves_the_queue_if_another_program_locks_the_database(one, queue):
    with closing(sqlite3.connect(one.settings_dict["NAME"])) as other_program:
        other_program.execute("BEGIN IMMEDIATE")
        for write in (in_a_transaction, beat):
            seconds_of_a_refusal(write)
            assert list(queue.turns) == []

    beat()


def test_write_that_returns_rows_keeps_its_turn_until_they_are_read(one, queue):
    """SQLite commits such a statement only after its last row was read."""
    with one.cursor() as cursor:
        cursor.execute(f"{INSERT} RETURNING id")
        assert len(queue.turns) == 1
        cursor.fetchall()

    assert list(queue.turns) == []


def test_deleted_cursor_leaves_the_queue(one, queue):
    one.cursor().execute(f"{INSERT} RETURNING id").fetchone()
    gc.collect()

    assert list(queue.turns) == []


def test_connection_closed_in_a_transaction_leaves_the_queue(one, queue):
    one.inc_thread_sharing()
    with transaction.atomic(using="one"):
        beat()
        closes = threading.Thread(target=one.close)
        closes.start()
        closes.join()
        assert list(queue.turns) == []

    beat()
    assert (list(queue.turns), beats()) == ([], 1)


def test_thread_that_ends_in_a_transaction_leaves_the_queue(one, queue):
    def ends():
        transaction.set_autocommit(False, using="one")
        beat()
        assert len(queue.turns) == 1

    thread = threading.Thread(target=ends)
    thread.start()
    thread.join()
    gc.collect()

    assert (list(queue.turns), beats()) == ([], 0)


def test_transaction_without_autocommit_takes_its_turn_at_the_first_write(one, queue):
    transaction.set_autocommit(False, using="one")
    for end in (transaction.commit, transaction.rollback):
        assert list(queue.turns) == []
        beat()
        beat()
        assert len(queue.turns) == 1
        end(using="one")
    transaction.set_autocommit(True, using="one")

    assert (list(queue.turns), beats()) == ([], 2)


def test_transaction_in_plain_sql_leaves_the_queue(one, queue):
    run("BEGIN IMMEDIATE")
    assert len(queue.turns) == 1
    run(INSERT)
    run("COMMIT")

    assert (list(queue.turns), beats()) == ([], 1)


def test_database_in_memory_has_no_queue(db):
    if connection.vendor != "sqlite":
        pytest.skip("this run uses PostgreSQL")
    Heartbeat.objects.create(at=timezone.now())

    assert connection.connection.queue is None


def test_site_uses_the_queue():
    if connection.vendor != "sqlite":
        pytest.skip("this run uses PostgreSQL")
    assert settings.DATABASES["default"]["ENGINE"] == "clinic_site.sqlite3"

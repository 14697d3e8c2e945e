"""The site does not start if a power cut could lose a lead (promise 1)."""

from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import ConnectionHandler

from clinic_site.apps import sqlite_is_safe

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="this run uses PostgreSQL")


def test_sqlite_has_the_settings_that_lose_no_lead(db):
    assert sqlite_is_safe(None, ["default"]) == []


@pytest.mark.parametrize(
    ("name", "weak", "safe"), [("synchronous", 1, 2), ("busy_timeout", 4999, 5000)]
)
def test_sqlite_with_a_weaker_setting_is_refused(transactional_db, name, weak, safe):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}={weak}")
        messages = [error.msg for error in sqlite_is_safe(None, ["default"])]
        cursor.execute(f"PRAGMA {name}={safe}")

    assert len(messages) == 1
    assert messages[0].startswith(f"SQLite runs with {name}={weak}, ")


def test_sqlite_without_immediate_transactions_is_refused(db, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", "DEFERRED")

    assert [error.msg for error in sqlite_is_safe(None, ["default"])] == [
        "SQLite runs with transaction_mode=DEFERRED, but must run with IMMEDIATE to lose no lead."
    ]


def test_sqlite_in_a_file_has_a_write_ahead_log(db, tmp_path):
    """The tests' own database is in memory and cannot have one."""
    config = settings.DATABASES["default"] | {"NAME": tmp_path / "db.sqlite3"}

    with (
        closing(ConnectionHandler({"default": config})["default"]) as opened,
        opened.cursor() as cursor,
    ):
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)

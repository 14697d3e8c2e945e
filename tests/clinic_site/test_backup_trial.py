"""A backup is none before it was restored on trial (promise 26)."""

import sqlite3
from contextlib import closing

import pytest

from clinic_site import backup, backup_sqlite
from clinic_site.backup_error import BackupError

BROKEN = """
CREATE TABLE signup (id INTEGER PRIMARY KEY);
CREATE TABLE consent (signup INTEGER REFERENCES signup (id));
INSERT INTO consent VALUES (1);
"""


def dump_broken(target, tell):
    with closing(sqlite3.connect(target)) as database:
        database.executescript(BROKEN)


def test_backup_that_fails_its_trial_is_none_and_leaves_the_former(tmp_path, monkeypatch, settings):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    monkeypatch.setattr(backup, "engine", lambda: backup_sqlite)
    monkeypatch.setattr(backup_sqlite, "dump", dump_broken)
    archive = tmp_path / "backup.zip"
    archive.write_text("the former")

    with pytest.raises(BackupError, match=r"^The database in it is damaged"):
        backup.make(archive)

    assert archive.read_text() == "the former"
    assert list(tmp_path.iterdir()) == [archive]

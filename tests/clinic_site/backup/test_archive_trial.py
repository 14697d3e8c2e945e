"""A backup is kept only after it was restored as a trial (promise 26)."""

import sqlite3
from contextlib import closing

import pytest

from clinic_site.backup import BackupError, archive, sqlite

BROKEN = """
CREATE TABLE signup (id INTEGER PRIMARY KEY);
CREATE TABLE consent (signup INTEGER REFERENCES signup (id));
INSERT INTO consent VALUES (1);
"""


def dump_broken(target, tell):
    with closing(sqlite3.connect(target)) as database:
        database.executescript(BROKEN)


def test_backup_that_fails_its_trial_keeps_the_former_backup(tmp_path, monkeypatch, settings):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    monkeypatch.setattr(archive, "engine", lambda: sqlite)
    monkeypatch.setattr(sqlite, "dump", dump_broken)
    target = tmp_path / "backup.zip"
    target.write_text("the former")

    with pytest.raises(BackupError, match=r"^The database in it is damaged"):
        archive.make(target)

    assert target.read_text() == "the former"
    assert list(tmp_path.iterdir()) == [target]

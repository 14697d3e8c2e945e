import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.clinic_site.backup.sites import count_testimonials, refusal, sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def other_disk(tmp_path):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        if Path(folder).stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("this machine has one disk only")
        yield Path(folder)


def test_backup_contains_rows_of_the_write_ahead_log(site, tmp_path):
    """A copy of the database file would miss these rows."""
    before = count_testimonials(site)
    with closing(site.connect()) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute(
            "INSERT INTO leads_testimonial (name, quote, is_published, authorization,"
            " authorization_note, position) VALUES ('Bo', 'I walk.', 0, 'unknown', '', 9)"
        )

        printed = site.manage("backup", str(tmp_path / "backup.zip"))

    assert f"{before + 1} leads_testimonial\n" in printed


def test_restore_replaces_a_database_that_cannot_be_opened(site, archive):
    (site.folder / "db.sqlite3").write_bytes(b"garbage" * 1000)

    site.manage("restore", "--force", str(archive))

    assert count_testimonials(site) > 0


def test_backup_of_a_damaged_database_keeps_the_former_backup(site, tmp_path):
    (tmp_path / "backup.zip").write_bytes(b"the former")
    database = site.folder / "db.sqlite3"
    content = bytearray(database.read_bytes())
    content[40_000:200_000] = b"\xff" * 160_000
    database.write_bytes(content)

    said = refusal(site, "backup", str(tmp_path / "backup.zip"))

    assert "SQLite says: " in said
    assert (tmp_path / "backup.zip").read_bytes() == b"the former"


def test_restore_moves_the_database_to_another_disk(archive, elsewhere, other_disk):
    elsewhere.environment["DATABASE_URL"] = f"sqlite:///{other_disk}/db.sqlite3"
    elsewhere.manage("restore", str(archive))
    elsewhere.manage("restore", "--force", str(archive))

    first, second = sorted(path.name for path in other_disk.iterdir())

    assert first == "db.sqlite3"
    assert second.startswith("db.sqlite3.replaced-")

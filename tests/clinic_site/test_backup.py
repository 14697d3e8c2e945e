import json
import shutil
import sqlite3
import stat
import zipfile
from contextlib import closing
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.running_site import RunningSite

pytestmark = pytest.mark.skipif(
    "postgresql" in str(connection.settings_dict["ENGINE"]), reason="this run uses PostgreSQL"
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled") / "data"
    (folder / "uploads" / "covers").mkdir(parents=True)
    (folder / "uploads" / "covers" / "a.svg").write_text("<svg/>")
    site = RunningSite(folder)
    site.manage("migrate", "--verbosity=0")
    site.manage("load_starter_content")
    return folder


@pytest.fixture
def site(filled, tmp_path):
    """A filled site of its own that is not running."""
    shutil.copytree(filled, tmp_path / "data")
    return RunningSite(tmp_path / "data")


def quotes_in(path, and_then="") -> int:
    """How many testimonials there are."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        count = database.execute("SELECT count(*) FROM leads_testimonial").fetchone()[0]
        database.execute(and_then)
    return count


def refusal(site, *arguments) -> str:
    with pytest.raises(AssertionError) as caught:
        site.manage(*arguments)
    return str(caught.value)


def test_backup_is_restored_elsewhere_with_its_rows_and_uploads(site, tmp_path):
    archive = tmp_path / "backup.zip"
    told = site.manage("backup", str(archive))
    (tmp_path / "elsewhere").mkdir()
    elsewhere = RunningSite(tmp_path / "elsewhere")

    elsewhere.manage("restore", str(archive))

    assert told.startswith("Backed up and restored on trial: ")
    assert quotes_in(elsewhere.folder / "db.sqlite3") == quotes_in(site.folder / "db.sqlite3")
    assert (elsewhere.folder / "uploads" / "covers" / "a.svg").read_text() == "<svg/>"
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".clinic")] == []
    assert list(elsewhere.folder.glob(".clinic*")) == []


def test_backup_holds_what_is_still_in_the_write_ahead_log(site, tmp_path):
    """There a copy of the file would miss it."""
    before = quotes_in(site.folder / "db.sqlite3")
    with closing(sqlite3.connect(site.folder / "db.sqlite3", isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute(
            "INSERT INTO leads_testimonial (name, quote, is_published, authorization,"
            " authorization_note, position) VALUES ('Bo', 'I walk.', 0, 'unknown', '', 9)"
        )

        site.manage("backup", str(tmp_path / "backup.zip"))

    with zipfile.ZipFile(tmp_path / "backup.zip") as packed:
        packed.extract("database", tmp_path)
    assert quotes_in(tmp_path / "database") == before + 1


def test_restore_overwrites_only_with_force_and_keeps_the_former_aside(site, tmp_path):
    archive = tmp_path / "backup.zip"
    site.manage("backup", str(archive))
    before = site.folder / "db.sqlite3"
    quotes_in(before, and_then="DELETE FROM leads_testimonial")

    assert "There is data here already" in refusal(site, "restore", str(archive))
    assert quotes_in(before) == 0
    told = site.manage("restore", "--force", str(archive))

    assert quotes_in(before) > 0
    aside = next(site.folder.glob("db.sqlite3.replaced-*[0-9]"))
    assert quotes_in(aside) == 0
    assert f"kept aside: {aside}" in told
    assert next(site.folder.glob("uploads.replaced-*")).joinpath("covers", "a.svg").exists()


def test_restore_refuses_while_the_database_is_in_use(site, tmp_path):
    site.manage("backup", str(tmp_path / "backup.zip"))
    in_use = sqlite3.connect(site.folder / "db.sqlite3")
    in_use.execute("SELECT * FROM leads_testimonial").fetchone()

    said = refusal(site, "restore", "--force", str(tmp_path / "backup.zip"))

    in_use.close()
    assert "Stop the web server and the mail worker first" in said
    assert list(site.folder.glob("*replaced*")) == []


def rewrite(archive, target, changes):
    """The archive with other contents for some of its files; None leaves one out."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = changes.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"database": b"SQLite format 3\x00 and nothing else"}, "was changed after it was made"),
        ({"uploads/covers/a.svg": None}, "holds 0 of 1 uploads"),
        ({"backup.json": None}, "is no whole backup of this site"),
        ({"backup.json": b'{"engine": "sqlite"}'}, "is no whole backup of this site"),
    ],
)
def test_restore_refuses_an_archive_that_is_not_whole(site, tmp_path, changes, said):
    site.manage("backup", str(tmp_path / "backup.zip"))
    rewrite(tmp_path / "backup.zip", tmp_path / "broken.zip", changes)
    before = quotes_in(site.folder / "db.sqlite3")

    assert said in refusal(site, "restore", "--force", str(tmp_path / "broken.zip"))
    assert quotes_in(site.folder / "db.sqlite3") == before


def test_restore_refuses_half_an_archive_and_none(site, tmp_path):
    site.manage("backup", str(tmp_path / "backup.zip"))
    whole = (tmp_path / "backup.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])

    assert "is no whole backup" in refusal(site, "restore", "--force", str(tmp_path / "half.zip"))
    assert "There is no file" in refusal(site, "restore", "--force", str(tmp_path / "none.zip"))


def test_restore_refuses_the_other_engine_and_says_where_to_read(site, tmp_path):
    site.manage("backup", str(tmp_path / "backup.zip"))
    with zipfile.ZipFile(tmp_path / "backup.zip") as packed:
        manifest = json.loads(packed.read("backup.json")) | {"engine": "postgresql"}
    changes = {"backup.json": json.dumps(manifest)}
    rewrite(tmp_path / "backup.zip", tmp_path / "other.zip", changes)

    said = refusal(site, "restore", "--force", str(tmp_path / "other.zip"))

    assert "holds a postgresql database and this site runs on sqlite" in said


def test_restore_replaces_a_database_that_is_beyond_repair(site, tmp_path):
    site.manage("backup", str(tmp_path / "backup.zip"))
    (site.folder / "db.sqlite3").write_bytes(b"garbage" * 1000)

    site.manage("restore", "--force", str(tmp_path / "backup.zip"))

    assert quotes_in(site.folder / "db.sqlite3") > 0


def test_backup_of_a_damaged_database_is_none_and_leaves_the_former(site, tmp_path):
    archive = tmp_path / "backup.zip"
    site.manage("backup", str(archive))
    former = archive.read_bytes()
    database = site.folder / "db.sqlite3"
    content = bytearray(database.read_bytes())
    content[40_000:200_000] = b"\xff" * 160_000
    database.write_bytes(content)

    refusal(site, "backup", str(archive))

    assert archive.read_bytes() == former


def test_backup_says_where_it_cannot_write(db):
    with pytest.raises(CommandError, match=r"^/nowhere cannot be written: No such file"):
        call_command("backup", "/nowhere/backup.zip", stdout=StringIO())

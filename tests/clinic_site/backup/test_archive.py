import hashlib
import json
import re
import shutil
import sqlite3
import stat
import tempfile
import threading
import time
import zipfile
from contextlib import closing
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.running_site import RunningSite, postgresql

POSTGRESQL = connection.vendor == "postgresql"
sqlite_only = pytest.mark.skipif(POSTGRESQL, reason="what SQLite does with its file")
postgresql_only = pytest.mark.skipif(not POSTGRESQL, reason="what only PostgreSQL has")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled") / "data"
    (folder / "uploads" / "covers").mkdir(parents=True)
    (folder / "uploads" / "covers" / "a.svg").write_text("<svg/>")
    site = RunningSite(folder)
    site.fill()
    return site


@pytest.fixture
def site(filled, tmp_path):
    """A filled site of its own that is not running. Whatever a test does, it leaves no trials."""
    shutil.copytree(filled.folder, tmp_path / "data")
    copy = RunningSite(tmp_path / "data")
    if POSTGRESQL:
        with postgresql() as server:
            server.execute(f"DROP DATABASE {copy.database}")
            server.execute(f"CREATE DATABASE {copy.database} TEMPLATE {filled.database}")
    yield copy
    assert list(tmp_path.rglob(".clinic*")) == []
    if POSTGRESQL:
        assert databases_beside(copy, "trial") + databases_beside(copy, "restored") == []


def databases_beside(site, kind: str) -> list[str]:
    with postgresql() as server:
        pattern = f"{site.database}\\_{kind}\\_%"
        found = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return [name for (name,) in found]


@pytest.fixture
def elsewhere(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    return RunningSite(tmp_path / "elsewhere")


@pytest.fixture(scope="module")
def archive(filled):
    """Of the filled site, and so of each copy of it."""
    filled.manage("backup", str(filled.folder.parent / "backup.zip"))
    return filled.folder.parent / "backup.zip"


@pytest.fixture
def other_disk(tmp_path):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        if Path(folder).stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("this machine has one disk only")
        yield Path(folder)


def quotes_in(site) -> int:
    """How many testimonials there are."""
    return site.rows("SELECT count(*) FROM leads_testimonial")[0][0]


def quotes_aside(site, told: str) -> int:
    """How many there are in the database that `restore` says it kept."""
    with closing(opened_aside(site, told)) as database:
        return database.execute("SELECT count(*) FROM leads_testimonial").fetchone()[0]


def opened_aside(site, told: str):
    if POSTGRESQL:
        name = re.search(r"kept aside: database (\S+)", told)[1]
        return psycopg.connect(site.environment["DATABASE_URL"].replace(site.database, name))
    return sqlite3.connect(re.search(r"kept aside: (\S+/db.sqlite3\S+\d)$", told, re.MULTILINE)[1])


def refusal(site, *arguments) -> str:
    with pytest.raises(AssertionError) as caught:
        site.manage(*arguments)
    return str(caught.value)


def test_backup_is_restored_elsewhere_with_its_rows_and_uploads(site, elsewhere, tmp_path):
    told = site.manage("backup", str(tmp_path / "backup.zip"))

    elsewhere.manage("restore", str(tmp_path / "backup.zip"))

    assert told.startswith("Backed up and restored on trial: ")
    assert quotes_in(elsewhere) == quotes_in(site) > 0
    assert (elsewhere.folder / "uploads" / "covers" / "a.svg").read_text() == "<svg/>"
    assert stat.S_IMODE((tmp_path / "backup.zip").stat().st_mode) == 0o600


@sqlite_only
def test_backup_holds_what_is_still_in_the_write_ahead_log(site, tmp_path):
    """There a copy of the file would miss it."""
    before = quotes_in(site)
    with closing(site.connect()) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute(
            "INSERT INTO leads_testimonial (name, quote, is_published, authorization,"
            " authorization_note, position) VALUES ('Bo', 'I walk.', 0, 'unknown', '', 9)"
        )

        told = site.manage("backup", str(tmp_path / "backup.zip"))

    assert f"{before + 1} leads_testimonial\n" in told


def test_restore_overwrites_only_with_force_and_keeps_the_former_aside(site, archive):
    site.rows("DELETE FROM leads_testimonial RETURNING id")

    assert "There is data here already" in refusal(site, "restore", str(archive))
    assert quotes_in(site) == 0
    told = site.manage("restore", "--force", str(archive))

    assert quotes_in(site) > 0
    assert quotes_aside(site, told) == 0
    assert next(site.folder.glob("uploads.replaced-*")).joinpath("covers", "a.svg").exists()


def test_restore_refuses_while_the_database_is_in_use(site, archive):
    with closing(site.connect()) as in_use:
        in_use.execute("SELECT * FROM leads_testimonial").fetchone()

        said = refusal(site, "restore", "--force", str(archive))

    assert "Stop the web server and the mail worker first" in said
    assert list(site.folder.glob("*replaced*")) == []
    assert (site.folder / "uploads" / "covers" / "a.svg").exists()


def test_restore_that_cannot_move_the_uploads_leaves_the_database(site, archive):
    shutil.rmtree(site.folder / "uploads")
    (site.folder / "uploads").symlink_to("a-disk-that-is-gone")
    site.rows("DELETE FROM leads_testimonial RETURNING id")

    said = refusal(site, "restore", "--force", str(archive))

    assert "Nothing was restored: " in said
    assert quotes_in(site) == 0


def rewrite(archive, target, changes):
    """The archive with other contents for some of its files; None leaves one out."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = changes.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return str(target)


def manifest_with(archive, **changes) -> str:
    with zipfile.ZipFile(archive) as packed:
        return json.dumps(json.loads(packed.read("backup.json")) | changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"database": b"SQLite format 3\x00 and nothing else"}, "was changed after it was made"),
        ({"uploads/covers/a.svg": None}, "holds 0 of 1 uploads"),
        ({"backup.json": None}, "is no whole backup of this site"),
        ({"backup.json": b'{"engine": "sqlite"}'}, "is no whole backup of this site"),
    ],
)
def test_restore_refuses_an_archive_that_is_not_whole(site, archive, tmp_path, changes, said):
    broken = rewrite(archive, tmp_path / "broken.zip", changes)
    before = quotes_in(site)

    assert said in refusal(site, "restore", "--force", broken)
    assert quotes_in(site) == before


def test_restore_refuses_a_database_that_was_damaged_before_it_was_packed(site, archive, tmp_path):
    with zipfile.ZipFile(archive) as packed:
        whole = packed.read("database")
    half = whole[: len(whole) // 2]
    seal = manifest_with(archive, database_sha256=hashlib.sha256(half).hexdigest())
    broken = rewrite(archive, tmp_path / "broken.zip", {"database": half, "backup.json": seal})
    before = quotes_in(site)

    said = refusal(site, "restore", "--force", broken)

    assert ("pg_restore says" if POSTGRESQL else "The database in it is damaged") in said
    assert quotes_in(site) == before


def test_restore_refuses_a_database_with_other_rows_than_it_says(site, archive, tmp_path):
    other = {"backup.json": manifest_with(archive, rows={"leads_testimonial": 1})}

    said = refusal(site, "restore", "--force", rewrite(archive, tmp_path / "other.zip", other))

    assert "has other rows than it says" in said


def test_restore_refuses_half_an_archive_and_none(site, archive, tmp_path):
    whole = archive.read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])

    assert "is no whole backup" in refusal(site, "restore", "--force", str(tmp_path / "half.zip"))
    assert "There is no file" in refusal(site, "restore", "--force", str(tmp_path / "none.zip"))


def test_restore_refuses_the_other_engine_and_says_where_to_read(site, archive, tmp_path):
    engine = "sqlite" if POSTGRESQL else "postgresql"
    changes = {"backup.json": manifest_with(archive, engine=engine)}

    said = refusal(site, "restore", "--force", rewrite(archive, tmp_path / "other.zip", changes))

    assert f"holds a {engine} database and this site runs on {connection.vendor}" in said


@sqlite_only
def test_restore_replaces_a_database_that_is_beyond_repair(site, archive):
    (site.folder / "db.sqlite3").write_bytes(b"garbage" * 1000)

    site.manage("restore", "--force", str(archive))

    assert quotes_in(site) > 0


@sqlite_only
def test_backup_of_a_damaged_database_is_none_and_leaves_the_former(site, tmp_path):
    (tmp_path / "backup.zip").write_bytes(b"the former")
    database = site.folder / "db.sqlite3"
    content = bytearray(database.read_bytes())
    content[40_000:200_000] = b"\xff" * 160_000
    database.write_bytes(content)

    refusal(site, "backup", str(tmp_path / "backup.zip"))

    assert (tmp_path / "backup.zip").read_bytes() == b"the former"


@sqlite_only
def test_restore_reaches_a_database_on_another_disk(archive, elsewhere, other_disk):
    elsewhere.environment["DATABASE_URL"] = f"sqlite:///{other_disk}/db.sqlite3"
    elsewhere.manage("restore", str(archive))
    elsewhere.manage("restore", "--force", str(archive))

    first, second = sorted(path.name for path in other_disk.iterdir())

    assert first == "db.sqlite3"
    assert second.startswith("db.sqlite3.replaced-")


@postgresql_only
def test_restore_makes_the_database_where_there_is_none(archive, elsewhere):
    with postgresql() as server:
        server.execute(f"DROP DATABASE {elsewhere.database}")

    elsewhere.manage("restore", str(archive))

    assert quotes_in(elsewhere) > 0


@postgresql_only
def test_restore_that_can_rename_only_one_of_the_two_renames_none(site, archive):
    """Somebody, as a monitor would, is in the new database when it should get its name."""
    site.rows("DELETE FROM leads_testimonial RETURNING id")
    visitor = threading.Thread(target=visit_the_restored, args=(site,))
    visitor.start()

    said = refusal(site, "restore", "--force", str(archive))

    visitor.join()
    assert "The database is in use" in said
    assert quotes_in(site) == 0
    assert databases_beside(site, "replaced") == []


def visit_the_restored(site) -> None:
    """Stays in it until it is dropped from under the visitor."""
    end = time.monotonic() + 60
    while not (found := databases_beside(site, "restored")):
        assert time.monotonic() < end
        time.sleep(0.01)
    url = site.environment["DATABASE_URL"].replace(site.database, found[0])
    with pytest.raises(psycopg.Error), closing(psycopg.connect(url, autocommit=True)) as database:
        while time.monotonic() < end:
            database.execute("SELECT pg_sleep(0.1)")


@postgresql_only
def test_backup_counts_what_lies_outside_of_public(site, tmp_path):
    with closing(site.connect()) as database:
        database.execute("CREATE SCHEMA notes")
        database.execute("CREATE TABLE notes.calls AS SELECT 1")

    told = site.manage("backup", str(tmp_path / "backup.zip"))

    assert "1 notes.calls\n" in told


@postgresql_only
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_backup_connects_as_the_site_does(site, archive, command):
    """Were TLS that the site demands left out here, all that people told us would go in clear."""
    site.environment["DATABASE_URL"] += "?sslmode=require"

    said = refusal(site, command, str(archive))

    assert "server does not support SSL, but SSL was required" in said


@postgresql_only
def test_backup_and_restore_need_no_more_than_the_right_to_make_databases(
    archive, elsewhere, tmp_path
):
    name = elsewhere.database
    with postgresql() as server:
        server.execute(f"CREATE ROLE {name} LOGIN CREATEDB")
        server.execute(f"ALTER DATABASE {name} OWNER TO {name}")
    url = elsewhere.environment["DATABASE_URL"]
    elsewhere.environment["DATABASE_URL"] = url.replace("clinic@", f"{name}@")

    elsewhere.manage("restore", str(archive))
    elsewhere.manage("backup", str(tmp_path / "backup.zip"))

    assert quotes_in(elsewhere) > 0


def test_backup_says_where_it_cannot_write(db):
    with pytest.raises(CommandError, match=r"^/nowhere cannot be written: No such file"):
        call_command("backup", "/nowhere/backup.zip", stdout=StringIO())

"""Backup and restore of a SQLite database."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from clinic_site.backup import BackupError
from clinic_site.progress import Tell

BUSY_SECONDS = 30
MEGABYTE = 1_000_000
# SQLite reports progress each time its virtual machine has run this many instructions.
INSTRUCTIONS_PER_REPORT = 100_000


def live() -> Path:
    return Path(connection.settings_dict["NAME"])


def connect(path: Path, mode: str = "ro"):
    """A connection outside Django's transactions; the end of its `with` block closes it."""
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    return closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None))


def dump(target: Path, tell: Tell) -> None:
    """Copies the database as it is at one moment, without blocking writers.

    VACUUM INTO leaves out free pages and the erased data in them. Therefore the copy may be smaller
    than the database, and the progress may end before its total.
    """
    size = -(-live().stat().st_size // MEGABYTE)

    def tell_size() -> None:
        written = target.stat().st_size if target.exists() else 0
        tell("Copying the database, MB", min(written // MEGABYTE, size), size)

    tell_size()
    try:
        with connect(live()) as database:
            database.set_progress_handler(tell_size, INSTRUCTIONS_PER_REPORT)
            database.execute("VACUUM INTO ?", [str(target)])
    except sqlite3.Error as error:
        raise BackupError(f"SQLite says: {error}.") from error


def rows_of(path: Path) -> dict[str, int]:
    with connect(path) as database:
        tables = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 from the schema
            for (table,) in tables
        }


def check(path: Path) -> dict[str, int]:
    """Checks the database, and returns its number of rows by table."""
    try:
        with connect(path) as database:
            found = [row[0] for row in database.execute("PRAGMA integrity_check")]
            orphans = database.execute("PRAGMA foreign_key_check").fetchall()
        if found != ["ok"] or orphans:
            raise BackupError(f"The database in it is damaged: {(found + orphans)[:3]}")
        return rows_of(path)
    except sqlite3.Error as error:
        raise BackupError(f"The database in it is damaged: {error}") from error


def is_filled() -> bool:
    return live().exists() and live().stat().st_size > 0


def put_in_place(restored: Path, stamp: str) -> list[str]:
    connection.close()
    fresh = Path(f"{live()}.restored-{stamp}")
    try:
        # The database may be on another disk than DATA_DIR. Therefore the file is moved to that
        # disk first, and then only renamed.
        shutil.move(restored, fresh)
        fresh.chmod(0o600)
        owner = live().parent.stat()
        if os.geteuid() == 0:
            os.chown(fresh, owner.st_uid, owner.st_gid)
        former = rename_former(stamp) if live().exists() else []
        fresh.rename(live())
    finally:
        fresh.unlink(missing_ok=True)
    return former


def rename_former(stamp: str) -> list[str]:
    refuse_while_in_use()
    names = {f"{live()}{end}": f"{live()}.replaced-{stamp}{end}" for end in ("", "-wal", "-shm")}
    return [str(Path(old).rename(new)) for old, new in names.items() if Path(old).exists()]


def refuse_while_in_use() -> None:
    """Leaves WAL mode, which fails while another process uses the database.

    It also writes the rows of the write-ahead log into the database file.
    """
    try:
        with connect(live(), "rw") as database:
            database.execute("PRAGMA busy_timeout = 1000")
            database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise BackupError(
                "The database is in use. Stop the web server and the mail worker first."
            ) from error
    except sqlite3.DatabaseError:
        return  # it is too damaged to be opened, so no process can use it

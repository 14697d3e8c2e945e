"""PostgreSQL's part of backup and restore, by its own tools."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql

from clinic_site.backup_error import BackupError

MAINTENANCE = "postgres"  # the database one is connected to while another is made or renamed


def run(tool: str, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise BackupError(f"{tool} is missing. On Debian: apt-get install postgresql-client.")
    known = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {name: str(known[key]) for name, key in names.items() if known[key]}
    done = subprocess.run(  # noqa: S603 our own arguments
        [tool, *arguments], env=os.environ | given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{tool} says: {done.stderr.strip()[-500:]}")


def live() -> str:
    return connection.settings_dict["NAME"]


@contextmanager
def connected(database: str):
    known = connection.settings_dict
    names = ("host", "port", "user", "password")
    given = {name: known[name.upper()] for name in names if known[name.upper()]}
    try:
        with psycopg.connect(dbname=database, autocommit=True, **given) as found:
            yield found
    except psycopg.Error as error:
        raise BackupError(f"PostgreSQL says: {error}") from error


def administer(statement: str, *names: str) -> None:
    with connected(MAINTENANCE) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def dump(target: Path) -> None:
    run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={target}", live())


def load(path: Path, database: str) -> None:
    """A fresh database from the dump. The site's user must be allowed to make one (CREATEDB)."""
    administer("CREATE DATABASE {}", database)
    options = ("--exit-on-error", "--no-owner", "--no-acl", f"--dbname={database}")
    run("pg_restore", *options, str(path))


def rows_of(path: Path) -> dict[str, int]:
    """Counted in a database restored from the dump: the live one has moved on."""
    trial = f"{live()}_trial_{os.getpid()}"
    try:
        load(path, trial)
        with connected(trial) as database:
            tables = database.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            count = sql.SQL("SELECT count(*) FROM {}")
            return {
                table: database.execute(count.format(sql.Identifier(table))).fetchone()[0]
                for (table,) in tables
            }
    finally:
        administer("DROP DATABASE IF EXISTS {}", trial)


check = rows_of


def is_filled() -> bool:
    return bool(connection.introspection.table_names())


def put_in_place(restored: Path, stamp: str) -> list[str]:
    """The former database is renamed, not dropped; both names change while nobody is connected."""
    connection.close()
    fresh, former = f"{live()}_restored_{stamp}", f"{live()}_replaced_{stamp}"
    load(restored, fresh)
    try:
        administer("ALTER DATABASE {} RENAME TO {}", live(), former)
    except BackupError as error:
        administer("DROP DATABASE {}", fresh)
        raise BackupError(
            f"The database is in use. Stop the web server and the mail worker first. ({error})"
        ) from error
    administer("ALTER DATABASE {} RENAME TO {}", fresh, live())
    return [f"database {former}"]

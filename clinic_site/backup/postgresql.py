"""Backup and restore of a PostgreSQL database, with pg_dump and pg_restore."""

import os
import secrets
import shutil
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from clinic_site.backup import BackupError
from clinic_site.progress import Tell

NAME_LENGTH = 63  # PostgreSQL cuts longer names, and then two names could become the same
# The name of each connection option and its environment variable, which pg_dump and pg_restore
# read.
VARIABLES = {
    option.keyword.decode(): option.envvar.decode()
    for option in psycopg.pq.Conninfo.get_defaults()
    if option.envvar
}


def live() -> str:
    return connection.settings_dict["NAME"]


def beside(end: str) -> str:
    """The name of another database of this site, which ends with `end`."""
    return f"{live()[: NAME_LENGTH - len(end) - 1]}_{end}"


def maintenance() -> str:
    """The database to connect to while another one is created or renamed."""
    return "template1" if live() == "postgres" else "postgres"


def connection_options() -> dict[str, str]:
    """The options with which Django connects, including those in OPTIONS, such as sslmode."""
    given = connection.get_connection_params()
    return {name: str(given[name]) for name in VARIABLES.keys() & given.keys() - {"dbname"}}


def run(tool: str, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise BackupError(f"{tool} is missing. On Debian: apt-get install postgresql-client.")
    given = {VARIABLES[name]: value for name, value in connection_options().items()}
    done = subprocess.run(  # noqa: S603 our own arguments
        [tool, *arguments], env=os.environ | given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{tool} says: {done.stderr.strip()[-500:]}")


@contextmanager
def connect(database: str):
    try:
        address = make_conninfo(dbname=database, **connection_options())
        with psycopg.connect(address, autocommit=True) as server:
            server.execute("SET statement_timeout = 0")  # the site's own limit is for requests
            yield server
    except psycopg.Error as error:
        raise BackupError(f"PostgreSQL says: {error}") from error


def statement(words: str, *names: str) -> sql.Composed:
    return sql.SQL(words).format(*map(sql.Identifier, names))


def administer(words: str, *names: str) -> None:
    with connect(maintenance()) as server:
        server.execute(statement(words, *names))


def drop(database: str) -> None:
    administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)


def dump(target: Path, tell: Tell) -> None:
    tell("Copying the database", 0, 0)
    run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={target}", live())


@contextmanager
def load(path: Path, database: str):
    """Creates a database from the dump, and drops it if the `with` block fails.

    The site's user needs the right to create databases (CREATEDB). The template is template0,
    because it contains no tables that could collide with the dump's, and has no connections.
    """
    administer("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", database)
    try:
        options = ("--exit-on-error", "--no-owner", "--no-acl", f"--dbname={database}")
        run("pg_restore", *options, str(path))
        yield
    except BaseException:
        with suppress(BackupError):  # the first error is the one to report
            drop(database)
        raise


def tables_of(database: psycopg.Connection) -> list[tuple[str, str]]:
    """Schema and name of each table. A search_path can put our tables in another schema."""
    return database.execute(
        "SELECT schemaname, tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
    ).fetchall()


def rows_of(path: Path) -> dict[str, int]:
    """Counts the rows by table in a database restored from the dump.

    The live database may have changed since the dump.
    """
    trial = beside(f"trial_{secrets.token_hex(4)}")
    with load(path, trial), connect(trial) as database:
        rows = {}
        for schema, table in tables_of(database):
            name = table if schema == "public" else f"{schema}.{table}"
            count = database.execute(statement("SELECT count(*) FROM {}.{}", schema, table))
            rows[name] = count.fetchone()[0]
    drop(trial)
    return rows


# archive.py calls `check`. To count the rows, `rows_of` restores the dump, which checks it.
check = rows_of


def exists() -> bool:
    with connect(maintenance()) as server:
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [live()])
        return found.fetchone() is not None


def is_filled() -> bool:
    if not exists():
        return False
    with connect(live()) as database:
        return bool(tables_of(database))


def put_in_place(restored: Path, stamp: str) -> list[str]:
    """Renames the former database, and gives its name to the restored one."""
    fresh, former = beside(f"restored_{stamp}"), beside(f"replaced_{stamp}")
    renames = [(live(), former)] * exists() + [(fresh, live())]
    with load(restored, fresh):
        rename(renames)
    return [f"database {former}"] * (len(renames) - 1)


def rename(renames: list[tuple[str, str]]) -> None:
    """Renames all databases or none of them. PostgreSQL refuses while one has connections."""
    with connect(maintenance()) as server, server.transaction():
        for database, name in renames:
            try:
                server.execute(statement("ALTER DATABASE {} RENAME TO {}", database, name))
            except psycopg.errors.ObjectInUse as error:
                raise BackupError(
                    "The database is in use. Stop the web server and the mail worker first."
                    f" ({error.diag.message_detail})"
                ) from error

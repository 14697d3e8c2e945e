"""Functions that look into the databases of the sites in conftest.py."""

import re
import sqlite3
from contextlib import closing

import psycopg
import pytest
from django.db import connection

from tests.running_site import postgresql

POSTGRESQL = connection.vendor == "postgresql"
sqlite_only = pytest.mark.skipif(POSTGRESQL, reason="this run uses PostgreSQL")
postgresql_only = pytest.mark.skipif(not POSTGRESQL, reason="this run uses SQLite")


def databases_beside(site, kind: str) -> list[str]:
    """The temporary or former databases of a site on PostgreSQL; `kind` is part of their names."""
    with postgresql() as server:
        pattern = f"{site.database}\\_{kind}\\_%"
        found = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return [name for (name,) in found]


def count_testimonials(site) -> int:
    return site.rows("SELECT count(*) FROM leads_testimonial")[0][0]


def count_testimonials_kept_aside(site, printed: str) -> int:
    """How many there are in the database that `restore` put aside."""
    with closing(connect_to_kept_aside(site, printed)) as database:
        return database.execute("SELECT count(*) FROM leads_testimonial").fetchone()[0]


def connect_to_kept_aside(site, printed: str):
    if POSTGRESQL:
        name = re.search(r"kept aside: database (\S+)", printed)[1]
        return psycopg.connect(site.environment["DATABASE_URL"].replace(site.database, name))
    return sqlite3.connect(
        re.search(r"kept aside: (\S+/db.sqlite3\S+\d)$", printed, re.MULTILINE)[1]
    )


def refusal(site, *arguments) -> str:
    """What a command that fails writes to standard error."""
    with pytest.raises(AssertionError) as caught:
        site.manage(*arguments)
    return str(caught.value)

"""Named locks that a transaction holds until it ends."""

from django.db import connection


def wait_for(name: str) -> None:
    """Takes the lock of this name; waits while another transaction holds it.

    PostgreSQL gives its advisory locks in the order of asking. SQLite needs no lock here, because
    only one transaction writes at a time there.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])

import threading
import time
from contextlib import closing

import psycopg
import pytest

from tests.clinic_site.backup.sites import (
    count_testimonials,
    databases_beside,
    postgresql_only,
    refusal,
)
from tests.running_site import postgresql

pytestmark = postgresql_only


def test_restore_creates_the_database_if_it_is_missing(archive, elsewhere):
    with postgresql() as server:
        server.execute(f"DROP DATABASE {elsewhere.database}")

    elsewhere.manage("restore", str(archive))

    assert count_testimonials(elsewhere) > 0


def test_restore_renames_both_databases_or_neither(site, archive):
    """A monitor is connected to the new database when it should be renamed."""
    site.rows("DELETE FROM leads_testimonial RETURNING id")
    monitor = threading.Thread(target=stay_in_the_restored_database, args=(site,))
    monitor.start()

    said = refusal(site, "restore", "--force", str(archive))

    monitor.join()
    assert "The database is in use" in said
    assert count_testimonials(site) == 0
    assert databases_beside(site, "replaced") == []


def stay_in_the_restored_database(site) -> None:
    """Keeps a connection to the restored database until that database is dropped."""
    end = time.monotonic() + 60
    while not (found := databases_beside(site, "restored")):
        assert time.monotonic() < end
        time.sleep(0.01)
    url = site.environment["DATABASE_URL"].replace(site.database, found[0])
    with pytest.raises(psycopg.Error), closing(psycopg.connect(url, autocommit=True)) as database:
        while time.monotonic() < end:
            database.execute("SELECT pg_sleep(0.1)")


def test_backup_counts_the_tables_outside_the_public_schema(site, tmp_path):
    with closing(site.connect()) as database:
        database.execute("CREATE SCHEMA notes")
        database.execute("CREATE TABLE notes.calls AS SELECT 1")

    printed = site.manage("backup", str(tmp_path / "backup.zip"))

    assert "1 notes.calls\n" in printed


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_backup_and_restore_connect_with_the_options_of_the_site(site, archive, command):
    """If they left out sslmode, the leads would travel without TLS."""
    site.environment["DATABASE_URL"] += "?sslmode=require"

    said = refusal(site, command, str(archive))

    assert "server does not support SSL, but SSL was required" in said


def test_backup_and_restore_need_only_the_right_to_create_databases(archive, elsewhere, tmp_path):
    name = elsewhere.database
    with postgresql() as server:
        server.execute(f"CREATE ROLE {name} LOGIN CREATEDB")
        server.execute(f"ALTER DATABASE {name} OWNER TO {name}")
    url = elsewhere.environment["DATABASE_URL"]
    elsewhere.environment["DATABASE_URL"] = url.replace("clinic@", f"{name}@")

    elsewhere.manage("restore", str(archive))
    elsewhere.manage("backup", str(tmp_path / "backup.zip"))

    assert count_testimonials(elsewhere) > 0

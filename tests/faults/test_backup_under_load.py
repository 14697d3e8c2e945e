"""A backup of the running site holds all that was answered before it began, and is whole."""

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from tests.faults.load import SignUps
from tests.running_site import RunningSite

pytestmark = pytest.mark.skipif(
    connection.vendor == "postgresql", reason="this run uses PostgreSQL"
)


def test_backup_under_load_is_restored_elsewhere_without_loss(tmp_path, report):
    archive, elsewhere = tmp_path / "backup.zip", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "data").mkdir()
    with RunningSite(tmp_path / "data", TRUSTED_PROXIES="1") as site, SignUps(site) as load:
        load.wait_for(50)
        before = set(load.taken)
        site.manage("backup", str(archive))
        after = len(load.taken)

    RunningSite(elsewhere).manage("restore", str(archive))

    with closing(sqlite3.connect(elsewhere / "db.sqlite3")) as database:
        kept = {row[0] for row in database.execute("SELECT email FROM leads_ebooksignup")}
        mails = database.execute("SELECT count(*) FROM leads_outgoingmail").fetchone()[0]
    report(
        f"backup under load: {len(before)} taken before, {after} when it was done,"
        f" {len(kept)} and {mails} mails in it, {len(before - kept)} lost"
    )
    assert before - kept == set()
    assert len(kept) == mails  # one moment of the database: no lead without its mail
    assert load.failed == []
    assert after > len(before)  # the writers were not held up


def test_restore_is_refused_under_a_running_site(tmp_path, report):
    (tmp_path / "data").mkdir()
    with RunningSite(tmp_path / "data") as site:
        site.manage("backup", str(tmp_path / "backup.zip"))
        site.get("/readyz")

        with pytest.raises(AssertionError, match="Stop the web server and the mail worker first"):
            site.manage("restore", "--force", str(tmp_path / "backup.zip"))

        ready = site.get("/readyz")[0]
        report(f"restore under a running site: refused, and /readyz answers {ready}")
        assert ready == 200

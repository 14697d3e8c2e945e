"""If `migrate` is killed at any moment, it can be run again and reaches its end (promise 27)."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.running_site import ROOT, RunningSite

# Each run is killed when this many migrations are in the database. The last kill is in the work
# after them, such as the rights of the groups.
KILLED_AT = [0, 1, 4, 9, 15, 22, 30, len(MigrationLoader(None).disk_migrations)]


def start(site) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.DEVNULL,
    )


def how_far(site) -> str:
    return site.manage("showmigrations", "--plan")


def rights(site) -> str:
    code = (
        "from django.contrib.auth.models import Group as G;"
        "print([(g.name, g.permissions.count()) for g in G.objects.order_by('name')])"
    )
    return site.manage("shell", "--no-imports", "-c", code)


def applied(site) -> int:
    """How many migrations are in the database, read by a second connection."""
    try:
        with closing(connect(site)) as database:
            return database.execute("SELECT count(*) FROM django_migrations").fetchone()[0]
    except (sqlite3.OperationalError, psycopg.errors.UndefinedTable):
        return 0


def connect(site):
    if connection.vendor == "postgresql":
        return site.connect()
    uri = (site.folder / "db.sqlite3").as_uri()
    # Read-only, so that this does not create the file before `migrate` does.
    return sqlite3.connect(f"{uri}?mode=ro", uri=True)


def kill_at(site, count: int) -> bool:
    """Kills `migrate` after `count` migrations. False if it had already ended."""
    migrate = start(site)
    while applied(site) < count and migrate.poll() is None:
        time.sleep(0.002)
    # The pause is random, so that the kill is not always at the next migration's first statement.
    time.sleep(random.random() * 0.05 if count else 0.5)
    migrate.send_signal(signal.SIGKILL)
    return migrate.wait(10) == -signal.SIGKILL


def new_site(folder) -> RunningSite:
    folder.mkdir()
    return RunningSite(folder)


def test_migrate_reaches_its_end_after_many_kills(tmp_path, report):
    model, site = new_site(tmp_path / "whole"), new_site(tmp_path / "killed")
    model.manage("migrate", "--verbosity=0")

    cut_short = [kill_at(site, count) for count in KILLED_AT]
    site.manage("migrate", "--verbosity=0")

    runs, missing = f"{sum(cut_short)} of {len(KILLED_AT)} runs", how_far(site).count("[ ]")
    report(f"kill -9 of migrate: {runs} cut short, {missing} migrations missing in the end")
    assert sum(cut_short) >= 5
    assert missing == 0
    assert how_far(site) == how_far(model)
    assert rights(site) == rights(model)
    site.manage("load_starter_content")


KILLED_BEFORE_THE_NOTE = """
import os, signal
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
record = MigrationRecorder.record_applied
def record_or_die(self, app, name):
    if (app, name) == ("otp_totp", "0001_initial"):
        os.kill(os.getpid(), signal.SIGKILL)
    record(self, app, name)
MigrationRecorder.record_applied = record_or_die
call_command("migrate", verbosity=0)
"""


def test_migrate_killed_before_it_notes_a_migration_can_be_run_again(tmp_path, report):
    """This migration ends with a foreign key. Django commits it before it notes it."""
    site = new_site(tmp_path / "data")
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", KILLED_BEFORE_THE_NOTE]
    killed = subprocess.run(command, cwd=ROOT, env=site.environment, check=False).returncode

    site.manage("migrate", "--verbosity=0")

    missing = how_far(site).count("[ ]")
    report(f"kill -9 between a migration and its note: {missing} migrations missing in the end")
    assert (killed, missing) == (-signal.SIGKILL, 0)

import re

import pytest
from django.core.management import get_commands
from django.db import connection
from django.db.migrations import CreateModel, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.models import AutoField, CharField

from clinic_site.management.commands.migrate import OneTransactionExecutor, migrate
from tests.running_site import RunningSite


class Killed(BaseException):
    """Raised in place of a kill."""


class CreateNote(Migration):
    # Django creates the index after the table, as it does with every index and foreign key.
    operations = [
        CreateModel(
            "Note",
            [
                ("id", AutoField(primary_key=True)),
                ("key", CharField(max_length=9, db_index=True)),
            ],
        )
    ]


def tables_after_a_kill(executor_class, monkeypatch) -> list[str]:
    """The tables after a kill between the work of a migration and the note that it was applied."""

    def die(executor, migration):
        raise Killed

    monkeypatch.setattr(executor_class, "record_migration", die)
    with pytest.raises(Killed):
        executor_class(connection).apply_migration(ProjectState(), CreateNote("0001", "killed"))
    return connection.introspection.table_names()


def test_killed_migration_leaves_no_table(transactional_db, monkeypatch):
    assert "killed_note" not in tables_after_a_kill(OneTransactionExecutor, monkeypatch)


def test_djangos_own_executor_still_leaves_a_table(transactional_db, monkeypatch):
    """When this fails, Django has fixed it, and our executor can go (docs/decisions/0017)."""
    tables = tables_after_a_kill(MigrationExecutor, monkeypatch)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE killed_note")

    assert "killed_note" in tables


def test_migrate_uses_our_executor():
    assert get_commands()["migrate"] == "clinic_site"
    assert migrate.MigrationExecutor is OneTransactionExecutor


def test_migrate_says_which_migration_of_how_many(tmp_path):
    """The total comes from our executor, so this also shows that Django's command uses it."""
    said = RunningSite(tmp_path).manage("migrate", "contenttypes")

    assert re.findall(r"\d of \d:  Applying \S+", said) == [
        "1 of 2:  Applying contenttypes.0001_initial...",
        "2 of 2:  Applying contenttypes.0002_remove_content_type_name...",
    ]

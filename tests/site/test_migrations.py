"""A deploy may be killed half way, and two releases may share the database (promise 27)."""

from django.db.migrations import AddField
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

OURS = ("clinic_site", "articles", "leads")


def own_migrations():
    found = MigrationLoader(None).disk_migrations.items()
    return {key: migration for key, migration in found if key[0] in OURS}


def test_each_migration_is_one_transaction():
    """A migration that was killed can be run again, because it left nothing half done."""
    assert [key for key, migration in own_migrations().items() if not migration.atomic] == []


def test_new_column_is_nullable_or_has_a_database_default():
    """During a rolling restart the former release inserts rows without the new column."""
    added = [
        (key, operation)
        for key, migration in own_migrations().items()
        for operation in migration.operations
        if isinstance(operation, AddField) and not key[1].startswith("0001_")
    ]

    assert ("leads", "0002_consent_channel") in [key for key, _ in added]
    assert [
        (key, operation.name)
        for key, operation in added
        if not operation.field.null and operation.field.db_default is NOT_PROVIDED
    ] == []

"""What a deploy may do to the database half way, or with two releases at once (promise 27)."""

from django.db.migrations import AddField
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

OURS = ("clinic_site", "articles", "leads")


def migrations():
    found = MigrationLoader(None).disk_migrations.items()
    return {key: migration for key, migration in found if key[0] in OURS}


def test_migration_is_done_or_undone_as_a_whole():
    """Killed in the middle, it can be run again from its beginning."""
    assert [key for key, migration in migrations().items() if not migration.atomic] == []


def test_new_column_is_filled_for_the_former_release_too():
    """It goes on writing, without that column, while the next release's schema is there."""
    added = [
        (key, operation)
        for key, migration in migrations().items()
        for operation in migration.operations
        if isinstance(operation, AddField) and not key[1].startswith("0001_")
    ]

    assert ("leads", "0002_consent_channel") in [key for key, _ in added]
    assert [
        (key, operation.name)
        for key, operation in added
        if not operation.field.null and operation.field.db_default is NOT_PROVIDED
    ] == []

"""Django's `migrate`, but a migration and the note that it was applied are one transaction.

Django writes the note after the commit when indexes or foreign keys come last. Killed between the
two, `migrate` finds its own table in the way for ever after (promise 27).
"""

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor


class WholeExecutor(MigrationExecutor):
    def apply_migration(self, state, migration, fake=False, fake_initial=False):
        applied = super().apply_migration
        if not migration.atomic:
            return applied(state, migration, fake, fake_initial)
        # SQLite lets nobody switch the checks off once a transaction has begun.
        with (
            self.connection.constraint_checks_disabled(),
            transaction.atomic(self.connection.alias),
        ):
            return applied(state, migration, fake, fake_initial)


migrate.MigrationExecutor = WholeExecutor  # type: ignore[attr-defined]  # where the command looks for it


class Command(migrate.Command):
    pass

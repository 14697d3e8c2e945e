"""Django's `migrate`, which here commits a migration and its record in the same transaction.

The record is the row in django_migrations that says that the migration was applied.
If a migration ends with indexes or foreign keys, Django commits it before it writes the record. If
`migrate` is killed between the two, every later run stops at the table that it has already made.
docs/decisions/0017 says why this is done here (promise 27).
"""

from functools import partial

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor


class OneTransactionExecutor(MigrationExecutor):
    def migrate(self, targets, plan=None, state=None, fake=False, fake_initial=False):
        plan = self.migration_plan(targets) if plan is None else plan
        if self.progress_callback:
            # The callback is a method of the command below, which takes `total` too.
            self.progress_callback = partial(self.progress_callback, total=len(plan))  # type: ignore[call-arg]
        return super().migrate(targets, plan, state, fake, fake_initial)

    def apply_migration(self, state, migration, fake=False, fake_initial=False):
        applied = super().apply_migration
        if not migration.atomic:
            return applied(state, migration, fake, fake_initial)
        # SQLite cannot switch its constraint checks off inside a transaction.
        with (
            self.connection.constraint_checks_disabled(),
            transaction.atomic(self.connection.alias),
        ):
            return applied(state, migration, fake, fake_initial)


# Django's command takes the executor from this name.
migrate.MigrationExecutor = OneTransactionExecutor  # type: ignore[attr-defined]


class Command(migrate.Command):
    started = 0

    def migration_progress_callback(self, action, migration=None, fake=False, total=0):
        """Writes "3 of 12:" before Django's line for a migration that starts."""
        if self.verbosity >= 1 and action in {"apply_start", "unapply_start"}:
            self.started += 1
            self.stdout.write(f"  {self.started} of {total}:", ending="")
        super().migration_progress_callback(action, migration, fake)

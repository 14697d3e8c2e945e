"""Django's `migrate`, but a migration and the note that it was applied are one transaction.

Django writes the note after the commit when indexes or foreign keys come last. Killed between the
two, `migrate` finds its own table in the way for ever after (promise 27).
"""

from functools import partial

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor


class WholeExecutor(MigrationExecutor):
    def migrate(self, targets, plan=None, state=None, fake=False, fake_initial=False):
        plan = self.migration_plan(targets) if plan is None else plan
        if self.progress_callback:
            # The callback is the command below; `total` is its own.
            self.progress_callback = partial(self.progress_callback, total=len(plan))  # type: ignore[call-arg]
        return super().migrate(targets, plan, state, fake, fake_initial)

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
    done = 0

    def migration_progress_callback(self, action, migration=None, fake=False, total=0):
        """Writes "3 of 12:" before the line that Django writes when it begins a migration."""
        if self.verbosity >= 1 and action in {"apply_start", "unapply_start"}:
            self.done += 1
            self.stdout.write(f"  {self.done} of {total}:", ending="")
        super().migration_progress_callback(action, migration, fake)

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from clinic_site.backup import archive
from clinic_site.progress import Progress


class Command(BaseCommand):
    help = "Replaces database and uploads by those of a backup. Stop the site first."
    requires_system_checks = []  # they may read the database, which can be damaged

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--force",
            action="store_true",
            help="replace the data that is there, and keep it under another name",
        )

    def handle(self, *, file, force, **options):
        try:
            with Progress() as tell:
                summary, aside = archive.restore(file.absolute(), force=force, tell=tell)
        except archive.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored: {summary}")
        for path in aside:
            self.stdout.write(f"  kept aside: {path}")
        self.stdout.write("Now run `manage.py migrate`, then start the site.")

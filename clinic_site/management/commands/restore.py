from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from clinic_site.backup import archive
from clinic_site.progress import Progress


class Command(BaseCommand):
    help = "Puts a backup in the place of database and uploads. Stop the site first."
    requires_system_checks = []  # they may ask the very database that is to be replaced

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--force", action="store_true", help="replace what is there")

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

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from clinic_site.backup import archive
from clinic_site.progress import Progress


class Command(BaseCommand):
    help = "Writes database and uploads to FILE, and restores it as a trial. The site may run."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="a zip file, which is replaced if it exists"
        )

    def handle(self, *, file, **options):
        try:
            with Progress() as tell:
                summary = archive.make(file.absolute(), tell)
        except archive.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Backed up and restored on trial: {summary}")
        for table, rows in sorted(summary.rows.items()):
            if rows:
                self.stdout.write(f"  {rows:>9} {table}")

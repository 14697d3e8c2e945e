import io
import sys

from django.core.management.base import BaseCommand

from clinic_site.progress import Progress, count_items, say_nothing
from clinic_site.web.time_zone import practice_zone
from leads.models import ConsultationRequest, EbookSignup
from leads.privacy import export

MODELS = {"signups": EbookSignup, "requests": ConsultationRequest}


class Command(BaseCommand):
    help = "Prints the leads as CSV, newest first; those held back as suspicious are left out."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=MODELS)

    def handle(self, *, what, **options):
        if isinstance(sys.stdout, io.TextIOWrapper):
            # UTF-8 in every locale: in some, printing a name such as “José” would fail.
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        leads = MODELS[what].objects.not_held_back()
        count = export.log_export(leads, by="command")
        with practice_zone(), Progress() as progress:
            # In a terminal the lines themselves show the progress.
            tell = say_nothing if sys.stdout.isatty() else progress
            for line in count_items(export.lines(leads), tell, "Exporting, lines", count + 1):
                self.stdout.write(line, ending="")

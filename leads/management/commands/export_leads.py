from django.core.management.base import BaseCommand

from leads import export
from leads.models import ConsultationRequest, EbookSignup

MODELS = {"signups": EbookSignup, "requests": ConsultationRequest}


class Command(BaseCommand):
    help = "Prints the leads as CSV, newest first; those held back as suspicious are left out."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=MODELS)

    def handle(self, *, what, **options):
        leads = MODELS[what].objects.taken()
        export.log_export(leads, by="command")
        for line in export.lines(leads):
            self.stdout.write(line, ending="")

import json

from django.core.management.base import BaseCommand

from leads.privacy import person


class Command(BaseCommand):
    help = (
        "Prints everything stored about the person with this address, as JSON. Check who asks"
        " before you give out `requests_by_phone`: two people may share a phone number."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        found = person.export(email=email, by_phone=True)
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))

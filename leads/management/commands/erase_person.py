from django.core.management.base import BaseCommand

from leads.privacy import person


class Command(BaseCommand):
    help = "Erases whoever has this address everywhere, and prints how much went."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        for what, count in person.erase(email=email, by_phone=True).items():
            self.stdout.write(f"{what}: {count}")

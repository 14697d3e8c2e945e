from django.core.management.base import BaseCommand

from leads.privacy import person


class Command(BaseCommand):
    help = "Erases the person with this address everywhere, and prints the number of rows deleted."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        for what, count in person.erase(email=email, by_phone=True).items():
            self.stdout.write(f"{what}: {count}")

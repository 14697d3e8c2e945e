from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads import links
from leads.addresses import fold
from leads.models import EbookSignup

MOST_DAYS = 36_500  # far more would be before year 1, which Python has no date for


class Command(BaseCommand):
    help = "Prints the path of a fresh library link, to hand out by phone."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--issued-days-ago", type=int, default=0, metavar="N")

    def handle(self, *, email, issued_days_ago, **options):
        if not 0 <= issued_days_ago <= MOST_DAYS:
            raise CommandError(
                f"--issued-days-ago must be from 0 to {MOST_DAYS}. Example: --issued-days-ago 31"
            )
        signup = EbookSignup.objects.filter(email_key=fold(email)).first()
        if signup is None:
            raise CommandError("Nobody signed up with this address. Check its spelling.")
        issued_at = timezone.now() - timedelta(days=issued_days_ago)
        self.stdout.write(links.library_path(signup, issued_at=issued_at))

from django.core.management.base import BaseCommand

from clinic_site.web.time_zone import practice_zone
from leads import digest
from leads.news import mailing
from leads.privacy.retention import RULES


class Command(BaseCommand):
    help = "Run once a day: deletes what is too old, continues unfinished news, mails the digest."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="count only, change nothing")

    def handle(self, *, dry_run, **options):
        with practice_zone():
            self.run(dry_run=dry_run)

    def run(self, *, dry_run):
        for rule in RULES:
            self.say(rule.name, rule.count() if dry_run else rule.apply())
        if dry_run:
            for name, found in digest.waiting().items():
                self.say(f"waits: {name}", len(found) if isinstance(found, list) else found)
            return
        self.say("news messages continued", self.resume_news())
        self.say("digest mailed", int(digest.queue()))

    def resume_news(self) -> int:
        try:
            return mailing.resume_unfinished()
        except mailing.NotSendableError as error:
            self.stderr.write(str(error))
            return 0

    def say(self, what: str, count: int) -> None:
        self.stdout.write(f"{what}: {count}")

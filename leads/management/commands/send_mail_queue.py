import signal
import threading
import time
from contextlib import suppress
from datetime import timedelta

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from articles.ebooks.build import build_due
from clinic_site.web.time_zone import practice_zone
from leads.delivery import outbox
from leads.news import mailing

IDLE_SECONDS = 2


class Command(BaseCommand):
    help = "Sends queued mail and rebuilds ebooks. With --once it sends what is due and ends."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="send what is due and end")

    def handle(self, *, once, **options):
        stop = threading.Event()
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        other_work_at = 0.0
        while not stop.is_set():
            try:
                delivered = outbox.deliver_one()
            except DatabaseError:
                if once:
                    raise
                outbox.logger.exception("cannot read the outbox")
                delivered = None
            if delivered is None and once:
                return
            if delivered is None or time.monotonic() - other_work_at > IDLE_SECONDS:
                self.do_other_work()
                other_work_at = time.monotonic()
            if delivered is None:
                close_old_connections()
                stop.wait(IDLE_SECONDS)

    def do_other_work(self):
        """Rebuilds ebooks after an edit, and continues news whose sending was interrupted."""
        try:
            with practice_zone():  # ebooks show the date of their edition
                build_due()
            # The admin shows why a message cannot be sent; the worker just tries again later.
            with suppress(mailing.NotSendableError):
                mailing.resume_unfinished(within=timedelta(seconds=IDLE_SECONDS))
        except DatabaseError:
            outbox.logger.exception("cannot rebuild ebooks or continue news")

import signal
import threading

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from leads import outbox

IDLE_SECONDS = 2


class Command(BaseCommand):
    help = "Sends queued mail; runs until it is stopped, or with --once until nothing is due."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="send what is due and end")

    def handle(self, *, once, **options):
        stop = threading.Event()
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                delivered = outbox.deliver_one()
            except DatabaseError:
                if once:
                    raise
                outbox.logger.exception("the outbox is out of reach")
                delivered = None
            if delivered is None:
                if once:
                    return
                close_old_connections()
                stop.wait(IDLE_SECONDS)

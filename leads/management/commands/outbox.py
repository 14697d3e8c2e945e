import json

from django.core.management.base import BaseCommand

from leads.models import OutgoingMail


class Command(BaseCommand):
    help = "Prints every queued or sent mail, oldest first, one JSON line each."

    def handle(self, **options):
        for mail in OutgoingMail.objects.order_by("pk").iterator():
            fields = {
                "to": mail.to,
                "subject": mail.subject,
                "body": mail.text,
                "state": mail.state,
                "kind": mail.kind,
                "html": mail.html,
                "message_id": mail.message_id,
                "attempts": mail.attempts,
                "error": mail.last_error,
            }
            self.stdout.write(json.dumps(fields))

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from leads.models import OutgoingMail

STUCK_AFTER = timedelta(minutes=15)


def find_stuck_mail() -> str:
    """What /readyz says when no worker sends the mail, or ''.

    A mail that waits for its next try is not stuck.
    """
    limit = timezone.now() - STUCK_AFTER
    never_tried = Q(attempts=0, queued_at__lt=limit)
    overdue = Q(due_at__lt=limit)
    if OutgoingMail.objects.due().filter(never_tried | overdue).exists():
        return f"mail has waited for over {STUCK_AFTER.seconds // 60} minutes"
    return ""

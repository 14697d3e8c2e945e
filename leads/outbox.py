"""Claim, send, settle (promise 5).

A claim is a short transaction that moves `due_at` past the lease, so a worker that dies gives its
mail back by itself. Nothing is held while the server is spoken to.
"""

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from leads import bounces, esp
from leads.models import Bounce, OutgoingMail

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # must outlast EMAIL_TIMEOUT for every step of one delivery
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(hours=48)


def claim() -> OutgoingMail | None:
    """The mail that has waited longest, leased to the caller; None when nothing is due."""
    with transaction.atomic():
        mail = (
            OutgoingMail.objects.due()
            .select_for_update(skip_locked=True)
            .order_by("due_at", "pk")
            .first()
        )
        if mail:
            mail.due_at = timezone.now() + LEASE
            mail.attempts += 1
            mail.save(update_fields=["due_at", "attempts"])
        return mail


def send(mail: OutgoingMail) -> None:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"} | mail.headers,
        connection=get_connection(),
    )
    message.metadata = esp.label(mail)  # type: ignore[attr-defined]  # read by an ESP's backend
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()


def pause(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: 1, 2, 4 … minutes, at most 6 hours."""
    return min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)


def is_final(error: Exception) -> bool:
    """A 5xx answer about this mail will not change; everything else may pass.

    A refused greeting or password is about the server, and must not cost every mail in the queue.
    """
    if isinstance(
        error, smtplib.SMTPConnectError | smtplib.SMTPHeloError | smtplib.SMTPAuthenticationError
    ):
        return False
    if esp.refuses_address(error):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def dead_address(error: Exception) -> bool:
    """Whether the mail failed because there is no such mailbox."""
    if esp.refuses_address(error):
        return True
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        bounces.is_about_the_address(code, words.decode(errors="replace"))
        for code, words in error.recipients.values()
    )


@transaction.atomic
def settle(mail: OutgoingMail, error: Exception | None) -> None:
    now = timezone.now()
    if error is None:
        mail.state, mail.sent_at, mail.last_error = OutgoingMail.State.SENT, now, ""
    else:
        mail.last_error = f"{type(error).__name__}: {error}"[:300]
        if is_final(error) or now - mail.queued_at > GIVE_UP_AFTER:
            mail.state = OutgoingMail.State.FAILED
        else:
            mail.due_at = now + pause(mail.attempts)
    # Not save(): the person may have been erased while their mail was on its way, or the ESP has
    # told of a bounce already.
    still_waits = OutgoingMail.objects.waiting().filter(pk=mail.pk)
    is_settled = still_waits.update(
        state=mail.state, sent_at=mail.sent_at, last_error=mail.last_error, due_at=mail.due_at
    )
    if is_settled and error and is_final(error) and dead_address(error):
        bounces.mark(mail.to_key, reason=Bounce.Reason.DEAD, words=mail.last_error)


def deliver_one() -> OutgoingMail | None:
    """Takes one due mail to its end or its next try; None when nothing was due."""
    mail = claim()
    if mail is None:
        return None
    error = None
    try:
        send(mail)
    except Exception as caught:  # noqa: BLE001 one poisoned mail must not stop the others
        error = caught
    settle(mail, error)
    outcome = {"mail": mail.pk, "kind": mail.kind, "state": mail.state, "attempts": mail.attempts}
    if error:
        outcome["error"] = type(error).__name__
    logger.info("mail", extra={"fields": outcome})
    return mail

"""Claim, send, settle (promise 5).

A claim is a short transaction that moves `due_at` past the lease, so a worker that dies gives its
mail back by itself. Nothing is held while the server is spoken to.
"""

import logging
import re
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from leads.delivery import bounces, esp
from leads.delivery.deadline import deadline
from leads.models import Bounce, OutgoingMail

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # must outlast one delivery, or another worker sends it too
DELIVERY_LIMIT = timedelta(minutes=3)  # in all; EMAIL_TIMEOUT is for one step or one byte
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(hours=48)

# Log in first, in another way, or over TLS (RFC 4954, and RFC 5248's list of the codes).
LOGIN_CODES = {523, 524, 525, 530, 534, 535, 538}
# RFC 3463: the sender's address (5.1.7, 5.1.8), or what one may do here (5.7.x). Postfix says so at
# RCPT too, Microsoft 365 after DATA. 5.7.1 is everybody's word for "refused", of spam as of the
# sender, and so only its words tell; 503 and 550 with "authenticate first" have none at all.
ABOUT_US = re.compile(
    r"(?<![\d.])5\.(1\.[78]|7\.(?!1\b)\d+)(?![\d.])|SendAsDenied"
    r"|sender address rejected|relay access denied|relaying denied|unable to relay"
    r"|authenticat|\bauth (command|first|required)|log ?in first|starttls",
    re.IGNORECASE,
)


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
    # Of a name that is not ASCII Django makes another address, which a server may well take.
    mail.to.rpartition("@")[0].encode("ascii")
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

    Only RCPT and DATA are answered about the mail. Greeting, TLS, password and sender are the same
    for all: a typing error in the settings must not cost every mail in the queue.
    """
    if esp.refuses_address(error):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers: list[tuple[int, bytes | str]] = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPDataError):
        answers = [(error.smtp_code, error.smtp_error)]
    else:
        return False
    return all(
        code >= 500 and code not in LOGIN_CODES and not ABOUT_US.search(repr(words))
        for code, words in answers
    )


def dead_address(error: Exception) -> bool:
    """Whether the mail failed because there is no such mailbox."""
    if esp.refuses_address(error):
        return True
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        bounces.is_about_the_address(code, repr(words)) for code, words in error.recipients.values()
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
        with deadline(DELIVERY_LIMIT):
            send(mail)
    except Exception as caught:  # noqa: BLE001 one poisoned mail must not stop the others
        error = caught
    settle(mail, error)
    outcome = {"mail": mail.pk, "kind": mail.kind, "state": mail.state, "attempts": mail.attempts}
    if error:
        outcome["error"] = type(error).__name__
    logger.info("mail", extra={"fields": outcome})
    return mail

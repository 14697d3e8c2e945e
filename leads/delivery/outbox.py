"""Sends the mails of the outbox in three steps: claim, send, settle (promise 5).

A claim is a short transaction that sets `due_at` to the end of a lease. If the worker dies, the
mail is due again after the lease. There is no transaction while we talk to the mail server.
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

# A lease must last longer than a delivery. Otherwise a second worker would send the same mail.
LEASE = timedelta(minutes=10)
# The most time for a whole delivery. EMAIL_TIMEOUT limits only the wait for the next byte.
DELIVERY_LIMIT = timedelta(minutes=3)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(hours=48)

# With these codes a server asks us to log in, to log in by another method, or to use TLS first
# (RFC 4954, RFC 5248).
LOGIN_CODES = {523, 524, 525, 530, 534, 535, 538}
# A refusal that matches is about us, the sender. The mail is tried again, because correcting a
# setting can help. RFC 3463 has the codes 5.1.7 and 5.1.8 for the sender's address, and 5.7.x for
# what the sender may do. Postfix refuses a sender in its answer to RCPT, Microsoft 365 after DATA.
# The words are for refusals that no code shows: servers use 5.7.1 for spam and for wrong senders,
# and some give no such code when a login is missing.
ABOUT_US = re.compile(
    r"(?<![\d.])5\.(1\.[78]|7\.(?!1\b)\d+)(?![\d.])|SendAsDenied"
    r"|sender address rejected|relay access denied|relaying denied|unable to relay"
    r"|authenticat|\bauth (command|first|required)|log ?in first|starttls",
    re.IGNORECASE,
)


def claim() -> OutgoingMail | None:
    """Leases the mail that has been due for the longest time; None when no mail is due."""
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
    # Fails if the part before the @ is not ASCII: Django would encode it to a different address,
    # and a server may accept that.
    mail.to.rpartition("@")[0].encode("ascii")
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"} | mail.headers,
        connection=get_connection(),
    )
    message.metadata = esp.metadata(mail)  # type: ignore[attr-defined]  # for anymail
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()


def pause(attempts: int) -> timedelta:
    """How long to wait after this many failures: 1, 2, 4 … minutes, at most 6 hours."""
    return min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)


def is_final(error: Exception) -> bool:
    """Whether trying again cannot help: the server answered 5xx, and the answer is about this mail.

    Only the answers to RCPT and DATA are about the mail. Greeting, TLS, password and sender are the
    same for all mails: a typing error in the settings must not fail every mail in the queue.
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


def is_address_dead(error: Exception) -> bool:
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
    # Use update() and not save(), because the row may have changed while the mail was sent: the
    # person was erased, or the ESP has already reported a bounce.
    still_waits = OutgoingMail.objects.waiting().filter(pk=mail.pk)
    is_settled = still_waits.update(
        state=mail.state, sent_at=mail.sent_at, last_error=mail.last_error, due_at=mail.due_at
    )
    if is_settled and error and is_final(error) and is_address_dead(error):
        bounces.mark_address(mail.to_key, reason=Bounce.Reason.DEAD, words=mail.last_error)


def deliver_one() -> OutgoingMail | None:
    """Tries to send one due mail; None when no mail was due."""
    mail = claim()
    if mail is None:
        return None
    error = None
    try:
        with deadline(DELIVERY_LIMIT):
            send(mail)
    except Exception as caught:  # noqa: BLE001 one mail that fails must not stop the others
        error = caught
    settle(mail, error)
    outcome = {"mail": mail.pk, "kind": mail.kind, "state": mail.state, "attempts": mail.attempts}
    if error:
        outcome["error"] = type(error).__name__
    logger.info("mail", extra={"fields": outcome})
    return mail

"""Addresses that mail does not reach: the mail server refuses them, or the mail comes back later.

Staff see the mark and call the person instead. A marked address gets no news. It still gets the
mails that the person asks for, because a mailbox that was full may have room again.
"""

import re

from django.db import transaction
from django.utils import timezone

from leads.models import Bounce, Consent, EbookSignup, OutgoingMail
from leads.news import consent

# RFC 3463: 5.1.x is about the address and 5.2.x about its mailbox. Others, such as 5.7.1, may be
# about us.
ENHANCED_CODE = re.compile(r"\b5\.(\d)\.\d{1,3}\b")
NO_SUCH_MAILBOX = {550, 551, 553}


def is_about_the_address(code: int, words: str) -> bool:
    """Whether a server refused a recipient because of the mailbox, and not because of us."""
    if found := ENHANCED_CODE.search(words):
        return found[1] in "12"
    return code in NO_SUCH_MAILBOX


def mark_address(address: str, *, reason: Bounce.Reason, words: str = "") -> None:
    values = {"reason": reason, "words": words[:300], "at": timezone.now()}
    Bounce.objects.update_or_create(address=address, defaults=values)


@transaction.atomic
def record_bounce(mail: OutgoingMail, *, words: str, is_address_dead: bool) -> None:
    """Marks a mail as failed when it comes back after a server accepted it."""
    is_stored = OutgoingMail.objects.filter(pk=mail.pk).update(
        state=OutgoingMail.State.FAILED, last_error=f"Came back: {words}"[:300]
    )
    # If the person was erased meanwhile, their address must not be stored again.
    if is_stored and is_address_dead:
        mark_address(mail.to_key, reason=Bounce.Reason.DEAD, words=words)


@transaction.atomic
def record_complaint(mail: OutgoingMail) -> None:
    """Stops the news for a person who marked our mail as spam. We still answer their requests."""
    if not OutgoingMail.objects.select_for_update().filter(pk=mail.pk).exists():
        return
    mark_address(mail.to_key, reason=Bounce.Reason.COMPLAINT)
    unsubscribe(mail, channel=Consent.Channel.COMPLAINT)


def unsubscribe(mail: OutgoingMail, *, channel: Consent.Channel) -> None:
    signup = EbookSignup.objects.filter(email_key=mail.to_key).first()
    if signup:
        consent.withdraw(signup, channel=channel)


@transaction.atomic
def record_delivery(mail: OutgoingMail) -> None:
    """Marks the mail as sent, because the worker may have missed the ESP's answer and would send it
    again. The address works, so the site forgets that it seemed dead.
    """
    OutgoingMail.objects.waiting().filter(pk=mail.pk).update(
        state=OutgoingMail.State.SENT, sent_at=timezone.now(), last_error=""
    )
    Bounce.objects.filter(address=mail.to_key, reason=Bounce.Reason.DEAD).delete()

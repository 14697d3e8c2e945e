"""Addresses that mail does not reach: refused at the mail server's door, or come back later.

A mark is for staff, who call instead, and it stops the news. What a person asks for is still sent:
a mailbox that was full may be empty again, and the library opens without mail anyway.
"""

import re

from django.db import transaction
from django.utils import timezone

from leads.models import Bounce, Consent, EbookSignup, OutgoingMail
from leads.news import consent

# RFC 3463: 5.1.x is about the address, 5.2.x about its mailbox; 5.7.1, say, is about us.
ENHANCED = re.compile(r"\b5\.(\d)\.\d{1,3}\b")
NO_SUCH_MAILBOX = {550, 551, 553}


def is_about_the_address(code: int, words: str) -> bool:
    """Whether a server that refused a recipient said so of the mailbox, and not of the sender."""
    if found := ENHANCED.search(words):
        return found[1] in "12"
    return code in NO_SUCH_MAILBOX


def mark(address: str, *, reason: Bounce.Reason, words: str = "") -> None:
    said = {"reason": reason, "words": words[:300], "at": timezone.now()}
    Bounce.objects.update_or_create(address=address, defaults=said)


@transaction.atomic
def came_back(mail: OutgoingMail, *, words: str, is_address_dead: bool) -> None:
    """The mail was taken and then given back; it can be sent again from the outbox."""
    is_there = OutgoingMail.objects.filter(pk=mail.pk).update(
        state=OutgoingMail.State.FAILED, last_error=f"Came back: {words}"[:300]
    )
    if is_there and is_address_dead:  # whoever was erased meanwhile does not come back
        mark(mail.to_key, reason=Bounce.Reason.DEAD, words=words)


@transaction.atomic
def complained(mail: OutgoingMail) -> None:
    """Whoever calls our mail spam gets no more news; their requests are still answered."""
    if not OutgoingMail.objects.select_for_update().filter(pk=mail.pk).exists():
        return
    mark(mail.to_key, reason=Bounce.Reason.COMPLAINT)
    unsubscribed(mail, channel=Consent.Channel.COMPLAINT)


def unsubscribed(mail: OutgoingMail, *, channel: Consent.Channel) -> None:
    signup = EbookSignup.objects.filter(email_key=mail.to_key).first()
    if signup:
        consent.withdraw(signup, channel=channel)


@transaction.atomic
def arrived(mail: OutgoingMail) -> None:
    """Also when the ESP's answer was lost on its way to the worker: then it is not sent again."""
    OutgoingMail.objects.waiting().filter(pk=mail.pk).update(
        state=OutgoingMail.State.SENT, sent_at=timezone.now(), last_error=""
    )
    Bounce.objects.filter(address=mail.to_key, reason=Bounce.Reason.DEAD).delete()

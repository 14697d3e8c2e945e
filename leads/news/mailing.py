"""Puts a news message into the outbox: one mail for each reader, even when the process is killed.

Each batch is one transaction that holds a lock on the message, and a database constraint refuses a
second mail of a message to the same reader. So sending can continue after a crash, and every reader
gets exactly one mail.
"""

import hashlib
import math
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from articles.rich_text import cleaning
from clinic_site.models import Practice
from leads import links, mail
from leads.models import EbookSignup, NewsMessage, OutgoingMail
from leads.news import consent, plain_text

BATCH = 100
OWN_LINK = "each-reader-has-their-own"  # in a preview, in place of a token
# News mails come due one after another. Otherwise the mail of a new sign-up would wait behind all
# of them.
PAUSE_BETWEEN = timedelta(seconds=0.5)


class NotSendableError(Exception):
    """Its message is a sentence for staff."""


def reason_not_to_send() -> str:
    """Why no news may be sent now, for staff; '' when it may be sent (promise 9)."""
    if Practice.load().postal_address:
        return ""
    return (
        "News cannot be sent yet: every news mail must carry the postal address of the practice. "
        "Fill in street and city under Practice first."
    )


def require_sendable() -> None:
    if reason := reason_not_to_send():
        raise NotSendableError(reason)


@transaction.atomic
def start(message: NewsMessage) -> None:
    """Marks a draft as being sent. `continue_sending` then queues its mails."""
    require_sendable()
    drafts = NewsMessage.objects.filter(pk=message.pk, state=NewsMessage.State.DRAFT)
    if not drafts.update(state=NewsMessage.State.SENDING):
        raise NotSendableError("This message was sent before. Write a new one.")


def continue_sending(message: NewsMessage, *, within: timedelta | None = None) -> bool:
    """Queues batches until every reader has a mail (True) or the time is over (False)."""
    end = time.monotonic() + (float("inf") if within is None else within.total_seconds())
    while queue_batch(message):
        if time.monotonic() >= end:
            return False
    return True


def resume_unfinished(*, within: timedelta | None = None) -> int:
    """Continues every message whose sending was interrupted; returns how many there were."""
    unfinished = list(NewsMessage.objects.filter(state=NewsMessage.State.SENDING))
    if unfinished:
        require_sendable()
    for message in unfinished:
        continue_sending(message, within=within)
    return len(unfinished)


@transaction.atomic
def queue_batch(message: NewsMessage) -> int:
    """Queues mails to the next readers; returns 0, and closes the message, when none is left."""
    message = NewsMessage.objects.select_for_update().get(pk=message.pk)
    if message.state != NewsMessage.State.SENDING:
        return 0
    readers = next_readers(message)
    first_due = next_due_time(message)
    for number, reader in enumerate(readers):
        queue_for_reader(reader, message, at=first_due + number * PAUSE_BETWEEN)
    if not readers:
        message.state, message.sent_at = NewsMessage.State.SENT, timezone.now()
        message.save(update_fields=["state", "sent_at"])
    return len(readers)


def next_readers(message: NewsMessage) -> list[EbookSignup]:
    """The next batch of readers who have no mail of this message yet.

    Readers whose address is suppressed are left out.
    """
    without = readers_without_mail(message)
    found: list[EbookSignup] = []
    after = 0
    while not found and (readers := list(without.filter(pk__gt=after).order_by("pk")[:BATCH])):
        suppressed = consent.find_suppressed([reader.email_key for reader in readers])
        found = [reader for reader in readers if reader.email_key not in suppressed]
        after = readers[-1].pk
    return found


def next_due_time(message: NewsMessage) -> datetime:
    last = message.mails.aggregate(last=Max("queued_at"))["last"]
    now = timezone.now()
    return max(now, last + PAUSE_BETWEEN) if last else now


def send_test(message: NewsMessage, *, to: str) -> None:
    """Queues one mail to a member of staff. Its unsubscribe link belongs to no reader."""
    require_sendable()
    if not to:
        raise NotSendableError("Your account has no email address to send a test to.")
    context, headers = mail_parts(message, links.news_unsubscribe_path("test"))
    mail.queue(
        kind="news", to=to, subject=f"Test: {message.subject}", context=context, headers=headers
    )


@dataclass(frozen=True)
class Preview:
    """The mail as a reader gets it, except for the links that differ for each reader."""

    sender: str
    subject: str
    text: str
    html: str
    version: str  # changes with every edit, so staff send only what they have seen


def preview(message: NewsMessage) -> Preview:
    context, _ = mail_parts(message, links.news_unsubscribe_path(OWN_LINK))
    my_data_url = settings.BASE_URL + reverse("leads:my-data", args=[OWN_LINK])
    text, html = mail.render(
        "news", subject=message.subject, my_data_url=my_data_url, context=context
    )
    return Preview(
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=message.subject,
        text=text,
        html=html,
        version=hashlib.sha256(f"{message.subject}\n{text}".encode()).hexdigest()[:16],
    )


def queue_for_reader(reader: EbookSignup, message: NewsMessage, *, at: datetime) -> None:
    context, headers = mail_parts(message, links.news_unsubscribe_path(reader.public_id))
    mail.queue(
        person=reader,
        kind="news",
        subject=message.subject,
        news=message,
        # `queued_at` is the due time too, because the outbox counts from it how long a mail waits.
        queued_at=at,
        due_at=at,
        context=context,
        headers=headers,
    )


def mail_parts(message: NewsMessage, unsubscribe_path: str) -> tuple[dict, dict[str, str]]:
    """The template's context and the mail's headers.

    The headers let a mail program show its own unsubscribe button, which posts to our link
    (RFC 8058).
    """
    practice = Practice.load()
    url = settings.BASE_URL + unsubscribe_path
    ways = [f"<{url}>"] + [f"<mailto:{practice.email}?subject=Unsubscribe>"] * bool(practice.email)
    body = cleaning.render(message.body, practice, home=settings.BASE_URL)
    context = {"body": body, "body_text": plain_text.from_html(body), "unsubscribe_url": url}
    headers = {
        "List-Unsubscribe": ", ".join(ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return context, headers


@dataclass(frozen=True)
class SendingProgress:
    """How many mails of a message wait, were sent or failed, and how many are not queued yet."""

    queued: int
    sent: int
    failed: int
    unqueued: int

    @property
    def done(self) -> int:
        return self.sent + self.failed

    @property
    def total(self) -> int:
        return self.done + self.queued + self.unqueued

    @property
    def minutes_left(self) -> int:
        return math.ceil((self.total - self.done) * PAUSE_BETWEEN / timedelta(minutes=1))


def progress(message: NewsMessage) -> SendingProgress:
    counted = dict(message.mails.values_list("state").annotate(Count("pk")).order_by())
    by_state = {state: counted.get(state, 0) for state in OutgoingMail.State.values}
    is_sending = message.state == NewsMessage.State.SENDING
    unqueued = readers_without_mail(message).count() if is_sending else 0
    return SendingProgress(**by_state, unqueued=unqueued)


def readers_without_mail(message: NewsMessage) -> QuerySet[EbookSignup]:
    return EbookSignup.objects.news_readers().exclude(email_key__in=message.mails.values("to_key"))


def reader_count() -> int:
    return EbookSignup.objects.news_readers().count()

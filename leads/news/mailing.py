"""From a news message to one mail a reader in the outbox, however often the sending is killed.

Each batch is one transaction under the message's lock, and the database refuses a second mail of
a message to a reader; so going on after a crash neither doubles nor loses one.
"""

import hashlib
import math
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from articles.rich_text import cleaning
from clinic_site.models import Practice
from leads import links, mail
from leads.models import EbookSignup, NewsMessage, OutgoingMail
from leads.news import consent
from leads.news.plain_text import as_text

BATCH = 100
OWN_LINK = "each-reader-has-their-own"  # in a preview, in place of a token
# Sent one after another, so that a sign-up's own mail never waits behind a thousand news mails.
PAUSE_BETWEEN = timedelta(seconds=0.5)


class NotSendableError(Exception):
    """With a sentence for the staff."""


def obstacle() -> str:
    """Why no news may go out now; '' when it may (promise 9)."""
    if Practice.load().postal_address:
        return ""
    return (
        "News cannot be sent yet: every news mail must carry the postal address of the practice. "
        "Fill in street and city under Practice first."
    )


def refuse_when_not_allowed() -> None:
    if reason := obstacle():
        raise NotSendableError(reason)


@transaction.atomic
def start(message: NewsMessage) -> None:
    """From now on the message goes out; `go_on` does it, as often as it takes."""
    refuse_when_not_allowed()
    drafts = NewsMessage.objects.filter(pk=message.pk, state=NewsMessage.State.DRAFT)
    if not drafts.update(state=NewsMessage.State.SENDING):
        raise NotSendableError("This message was sent before. Write a new one.")


def go_on(message: NewsMessage, *, within: timedelta | None = None) -> bool:
    """Queues batch by batch until all readers have theirs (True) or the time is over."""
    end = time.monotonic() + (float("inf") if within is None else within.total_seconds())
    while queue_batch(message):
        if time.monotonic() >= end:
            return False
    return True


def go_on_with_all(*, within: timedelta | None = None) -> int:
    """Takes up what a killed process left behind; how many messages that was."""
    left = list(NewsMessage.objects.filter(state=NewsMessage.State.SENDING))
    if left:
        refuse_when_not_allowed()
    for message in left:
        go_on(message, within=within)
    return len(left)


@transaction.atomic
def queue_batch(message: NewsMessage) -> int:
    """Mails of the next readers go into the outbox; 0 when none was left, and all is done."""
    message = NewsMessage.objects.select_for_update().get(pk=message.pk)
    if message.state != NewsMessage.State.SENDING:
        return 0
    readers = waiting_readers(message)
    turn = next_turn(message)
    for number, reader in enumerate(readers):
        queue_for(reader, message, at=turn + number * PAUSE_BETWEEN)
    if not readers:
        message.state, message.sent_at = NewsMessage.State.SENT, timezone.now()
        message.save(update_fields=["state", "sent_at"])
    return len(readers)


def waiting_readers(message: NewsMessage) -> list[EbookSignup]:
    """The next readers without this message. Suppressed ones are none, whatever the ledger says."""
    left = readers_without(message)
    found: list[EbookSignup] = []
    after = 0
    while not found and (readers := list(left.filter(pk__gt=after).order_by("pk")[:BATCH])):
        suppressed = consent.suppressed([reader.email_key for reader in readers])
        found = [reader for reader in readers if reader.email_key not in suppressed]
        after = readers[-1].pk
    return found


def next_turn(message: NewsMessage) -> datetime:
    last = message.mails.aggregate(last=Max("queued_at"))["last"]
    now = timezone.now()
    return max(now, last + PAUSE_BETWEEN) if last else now


def send_test(message: NewsMessage, *, to: str) -> None:
    """The mail as readers get it, to whoever wrote it; its unsubscribe link is of nobody."""
    refuse_when_not_allowed()
    if not to:
        raise NotSendableError("Your account has no email address to send a test to.")
    context, headers = letter(message, links.news_unsubscribe_path("test"))
    mail.queue(
        kind="news", to=to, subject=f"Test: {message.subject}", context=context, headers=headers
    )


@dataclass(frozen=True)
class Preview:
    """The mail as a reader gets it, but for the links that are each reader's own."""

    sender: str
    subject: str
    text: str
    html: str
    version: str  # moves with every change, so that no one sends what they have not seen


def preview(message: NewsMessage) -> Preview:
    context, _ = letter(message, links.news_unsubscribe_path(OWN_LINK))
    my_data_url = f"{settings.BASE_URL}/my-data/{OWN_LINK}/"
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


def queue_for(reader: EbookSignup, message: NewsMessage, *, at: datetime) -> None:
    context, headers = letter(message, links.news_unsubscribe_path(reader.public_id))
    mail.queue(
        person=reader,
        kind="news",
        to=reader.email,
        subject=message.subject,
        news=message,
        # As if queued at its turn: how long it waits and when it is given up count from then.
        queued_at=at,
        due_at=at,
        context=context,
        headers=headers,
    )


def letter(message: NewsMessage, unsubscribe_path: str) -> tuple[dict, dict[str, str]]:
    """Context and headers. By RFC 8058 the mail program's own button posts to the address."""
    practice = Practice.load()
    url = settings.BASE_URL + unsubscribe_path
    ways = [f"<{url}>"] + [f"<mailto:{practice.email}?subject=Unsubscribe>"] * bool(practice.email)
    body = cleaning.render(message.body, practice, home=settings.BASE_URL)
    context = {"body": body, "body_text": as_text(body), "unsubscribe_url": url}
    headers = {
        "List-Unsubscribe": ", ".join(ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return context, headers


@dataclass(frozen=True)
class SendingProgress:
    """How many mails of a message wait, were sent and failed, and how many are not queued yet."""

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
    unqueued = readers_without(message).count() if is_sending else 0
    return SendingProgress(**by_state, unqueued=unqueued)


def readers_without(message: NewsMessage) -> QuerySet[EbookSignup]:
    return EbookSignup.objects.news_readers().exclude(email_key__in=message.mails.values("to_key"))


def reader_count() -> int:
    return EbookSignup.objects.news_readers().count()

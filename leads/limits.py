"""How often one may post (promise 14). Reading is never limited.

Counts live in the shared database, one row for a kind, a hashed key and a clock hour. They are
written in the transaction of the lead itself: a post that is refused, or fails, was not counted.
A clock that jumps finds other hours, and so locks nobody out; leads/privacy/retention.py drops the
hours that are over and those that are yet to come.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from clinic_site.web import errors, visitor
from leads.models import Attempt

HOUR = timedelta(hours=1)
TABLE = Attempt._meta.db_table

# The same form again, word for word, is a reload or a double click and gets its first answer. Once
# a minute for an hour is a broken tab; more is a script.
REPEATS = 60


@dataclass(frozen=True)
class Limit:
    """Posts an hour: from one client, and different ones about one email address or phone."""

    kind: str
    per_client: int
    per_person: int


# A client is an address on the net, and that is seldom one person: a waiting room's wifi, a
# health fair, or a mobile carrier's NAT with thousands behind it. 300 lets a whole hall sign up
# within minutes. What reaches one mailbox is held to 3 mails a day by the outbox; 10 is for a
# couple that shares it, with their typing errors.
SIGNUP = Limit("signup", per_client=300, per_person=10)
# Every request costs the desk a call, so the limit is lower; two a minute is still more than any
# practice calls back. A referring office or a care home asks for many under its own number.
REQUEST = Limit("request", per_client=120, per_person=30)
# As the sign-up's: people who lost their mail sit behind the same NAT.
NEW_LINK = Limit("new-link", per_client=300, per_person=10)


class TooManyError(Exception):
    """Over a limit; `retry_after` is the seconds until the count starts again."""

    def __init__(self, retry_after: int):
        super().__init__()
        self.retry_after = retry_after


def answers_too_many(view):
    """Turns TooManyError into the page that says when to try again, and the phone number."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except TooManyError as error:
            return errors.too_many(request, retry_after=error.retry_after)

    return answered


def save(request: HttpRequest, form):
    """`form.save()` in one transaction with its count, or TooManyError and nothing is written."""
    form.judge()  # before the transaction, because every other writer waits for its end
    with transaction.atomic():
        count(request, form.limit, people=form.people(), content=form.content())
        return form.save()


def count(request: HttpRequest, limit: Limit, *, people: dict[str, str], content: str) -> None:
    """Counts one post. `people` are the address and number in it, `content` all that it says."""
    now = timezone.now()
    day = now.date()
    client_kind, repeat_kind = f"{limit.kind} by client", f"{limit.kind} repeated"
    seen = add_one(
        now,
        {
            client_kind: visitor.client_key(request, day),
            repeat_kind: visitor.daily_hash(content, day).hex(),
        },
    )
    if seen[client_kind] > limit.per_client or seen[repeat_kind] > REPEATS:
        raise TooManyError(seconds_left(now))
    if seen[repeat_kind] > 1:
        return
    keys = {
        f"{limit.kind} by {kind}": visitor.daily_hash(who, day).hex()
        for kind, who in people.items()
    }
    if any(number > limit.per_person for number in add_one(now, keys).values()):
        raise TooManyError(seconds_left(now))


def hour_of(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def seconds_left(now: datetime) -> int:
    return int((hour_of(now) + HOUR - now).total_seconds()) + 1


def add_one(now: datetime, keys: dict[str, str]) -> dict[str, int]:
    """Adds one to the count of each kind and key, and returns the counts by kind.

    One statement, so that none is lost between reading and writing; Django's upsert cannot add to
    what is there. Kinds always come in the same order, so that on PostgreSQL two posts never wait
    for each other.

    PostgreSQL lets later posts pass one that waits for a row that was changed meanwhile. It gives
    advisory locks in the order of asking, so the posts of one client wait for one first.
    """
    hour = connection.ops.adapt_datetimefield_value(hour_of(now))
    values = [value for kind, key in keys.items() for value in (kind, key, hour)]
    rows = ", ".join(["(%s, %s, %s, 1)"] * len(keys))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            first = " ".join(next(iter(keys.items())))
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [first])
        cursor.execute(
            f"INSERT INTO {TABLE} (kind, key, hour, count) VALUES {rows} "  # noqa: S608 our own names
            f"ON CONFLICT (kind, key, hour) DO UPDATE SET count = {TABLE}.count + 1 "
            "RETURNING kind, count",
            values,
        )
        return dict(cursor.fetchall())

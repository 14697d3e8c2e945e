"""Limits how often a client or a person may post a form (promise 14). Reading is never limited.

The counts are in the database, because all web processes share it: one row for each kind, hashed
key and clock hour. A view counts in the transaction that stores the lead, so a post that is refused
or fails is not counted. If the clock jumps, posts count in another hour, so nobody is locked out;
leads/privacy/retention.py deletes the hours that are over and those in the future.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from clinic_site.web import errors, visitor
from leads import locks
from leads.models import Attempt

HOUR = timedelta(hours=1)
TABLE = Attempt._meta.db_table

# The same form again, word for word, is a reload or a double click, and gets the same answer as the
# first time. A broken tab may reload once a minute for an hour; more than that is a script.
REPEATS = 60


@dataclass(frozen=True)
class Limit:
    """The most posts in an hour from one client, and about one email address or phone number.

    Only different posts count for the address or number, because a repeat stores nothing new.
    """

    kind: str
    per_client: int
    per_person: int


# A client is an IP address, and often many people share one: in a waiting room with wifi, at a
# health fair, or behind a mobile carrier's NAT. 300 lets a whole hall sign up within minutes.
# 10 is enough for a couple that shares an address, with their typing errors; mail.MAILS_A_DAY
# limits separately how many mails they get.
SIGNUP = Limit("signup", per_client=300, per_person=10)
# The front desk must call for every request, so the limit is lower; two a minute is still more than
# any practice can call back. It allows 30 posts about one number, because a referring office or a
# care home gives its own number for many people.
REQUEST = Limit("request", per_client=120, per_person=30)
# The same as for sign-ups, because people who lost their mail share IP addresses in the same way.
NEW_LINK = Limit("new-link", per_client=300, per_person=10)


class TooManyError(Exception):
    """A post is over a limit; `retry_after` is the seconds until the next hour's count starts."""

    def __init__(self, retry_after: int):
        super().__init__()
        self.retry_after = retry_after


def answers_too_many(view):
    """Answers TooManyError with the page that says when to try again, and the phone number."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except TooManyError as error:
            return errors.too_many(request, retry_after=error.retry_after)

    return answered


def count(request: HttpRequest, limit: Limit, *, people: dict[str, str], content: str) -> None:
    """Counts one post, or raises TooManyError when it is over a limit.

    `people` holds the folded email address and the phone number that the post is about, by kind.
    `content` is all that was typed. Call it in the transaction that stores the post.
    """
    now = timezone.now()
    day = now.date()
    client_kind, repeat_kind = f"{limit.kind} by client", f"{limit.kind} repeated"
    seen = add_one(
        now,
        {
            client_kind: visitor.visitor_key(request, day),
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

    One statement reads and writes, so that no count is lost in between; it is SQL because Django's
    upsert cannot add to a stored value. Callers must name the kinds in the same order, because two
    posts could deadlock on PostgreSQL otherwise.
    """
    # PostgreSQL serves those who wait for a row in any order; the lock lets the posts of one client
    # pass in turn, so that none waits much longer than the others (promise 29).
    locks.wait_for(" ".join(next(iter(keys.items()))))
    hour = connection.ops.adapt_datetimefield_value(hour_of(now))
    values = [value for kind, key in keys.items() for value in (kind, key, hour)]
    rows = ", ".join(["(%s, %s, %s, 1)"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (kind, key, hour, count) VALUES {rows} "  # noqa: S608 our own names
            f"ON CONFLICT (kind, key, hour) DO UPDATE SET count = {TABLE}.count + 1 "
            "RETURNING kind, count",
            values,
        )
        return dict(cursor.fetchall())

"""Which rows are deleted when their time is over (promise 22). The command `daily` applies RULES.

A mail loses its text first. Its address and state stay as long as a lead does, because the figures
and the daily limit of mails to one address count them.
"""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from leads.models import (
    AccessRecord,
    Attempt,
    Bounce,
    ConsultationRequest,
    EbookSignup,
    OutgoingMail,
)

# Each batch is one transaction, so a first run over years of rows never holds the lock for long.
BATCH = 500


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def months_ago(months: int) -> datetime:
    """The same day of an earlier month, or that month's last day: 31 March gives 28 February."""
    now = timezone.now()
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def delete(rows: QuerySet) -> None:
    rows.delete()


def delete_texts(mails: QuerySet) -> None:
    mails.update(text="", html="", headers={})


@dataclass(frozen=True)
class Rule:
    name: str
    rows: Callable[[], QuerySet]
    action: Callable[[QuerySet], None] = delete

    def count(self) -> int:
        return self.rows().count()

    def apply(self) -> int:
        done = 0
        while keys := list(self.rows().order_by("pk").values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                self.action(self.rows().model.objects.filter(pk__in=keys))
            done += len(keys)
        return done


def old_requests() -> QuerySet:
    before = months_ago(settings.LEAD_RETENTION_MONTHS)
    return ConsultationRequest.objects.filter(received_at__lt=before)


def old_signups() -> QuerySet:
    """Counted from `last_seen_at`, so a reader who still asks for the ebooks keeps the library."""
    before = months_ago(settings.LEAD_RETENTION_MONTHS)
    return EbookSignup.objects.filter(last_seen_at__lt=before)


def old_held_back(model) -> QuerySet:
    before = days_ago(settings.QUARANTINE_RETENTION_DAYS)
    return model.objects.held_back().filter(received_at__lt=before)


def old_mails_with_text() -> QuerySet:
    """Mails that still wait are left out, because an empty mail must never be sent."""
    done = OutgoingMail.objects.exclude(state=OutgoingMail.State.QUEUED).exclude(text="", html="")
    return done.filter(queued_at__lt=days_ago(settings.MAIL_RETENTION_DAYS))


def old_mails() -> QuerySet:
    before = months_ago(settings.LEAD_RETENTION_MONTHS)
    return OutgoingMail.objects.filter(queued_at__lt=before)


def old_bounces() -> QuerySet:
    return Bounce.objects.filter(at__lt=months_ago(settings.LEAD_RETENTION_MONTHS))


def old_attempts() -> QuerySet:
    """Future hours too: the server wrote them while its clock was ahead."""
    before = days_ago(settings.LIMIT_RETENTION_DAYS)
    return Attempt.objects.filter(Q(hour__lt=before) | Q(hour__gt=timezone.now()))


def old_access_records() -> QuerySet:
    return AccessRecord.objects.filter(at__lt=months_ago(settings.LEAD_RETENTION_MONTHS))


def old_sessions() -> QuerySet:
    return Session.objects.filter(expire_date__lt=timezone.now())


# Add a rule here for each new model with personal data.
RULES = [
    Rule("consultation requests deleted", old_requests),
    Rule("sign-ups deleted", old_signups),
    Rule("held-back requests deleted", lambda: old_held_back(ConsultationRequest)),
    Rule("held-back sign-ups deleted", lambda: old_held_back(EbookSignup)),
    Rule("mail texts emptied", old_mails_with_text, delete_texts),
    Rule("mails deleted", old_mails),
    Rule("bounced addresses deleted", old_bounces),
    Rule("counts of posts deleted", old_attempts),
    Rule("access records deleted", old_access_records),
    Rule("sessions of staff deleted", old_sessions),
]

"""Says who changed or deleted a record, and when, in words for the person who is asked.

The sources are django-simple-history's versions, and else the log of Django's admin.
"""

import datetime
from itertools import pairwise
from typing import Any

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db.models import Model
from django.utils import timezone

# No page stays open while a record changes more often than this.
VERSIONS = 50


def moment(at: datetime.datetime) -> str:
    local = timezone.localtime(at)
    day = "" if local.date() == timezone.localdate() else f"on {local:%b %-d, %Y} "
    return f"{day}at {local:%-I:%M %p}"


def versions(row: Model):
    """The versions that django-simple-history keeps of the row, the newest first."""
    manager = getattr(type(row), "history", None)
    if manager is None:
        return []
    rows = manager.filter(**{row._meta.pk.attname: row.pk}).select_related("history_user")
    return list(rows.order_by("-history_date", "-history_id")[:VERSIONS])


def entries(row: Model):
    kind = get_content_type_for_model(row)
    rows = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk)).select_related("user")
    return list(rows.order_by("-action_time", "-pk")[:VERSIONS])


def name_of(user: Any, viewer: Any) -> str:
    if user == viewer:
        return "You"
    return (user.get_full_name() or user.get_username()) if user else "The site, or a former login,"


def sentence(user: Any, at: datetime.datetime, what: str, viewer: Any) -> str:
    """ "Jo changed it at 3:22 PM". The viewer may have changed it too, in a second window."""
    where = ", in another window or before you went back" if user == viewer else ""
    return f"{name_of(user, viewer)} {what} {moment(at)}{where}"


def who_changed(row: Model, name: str, label: str, *, page: Model, viewer: Any) -> str:
    """`page` is the record on whose page the row is edited. Its log names changed rows too."""
    known = versions(row)
    for newer, older in pairwise(known):
        if getattr(newer, name, None) != getattr(older, name, None):
            return sentence(newer.history_user, newer.history_date, "changed it", viewer)
    if known:
        return sentence(known[0].history_user, known[0].history_date, "changed it", viewer)
    log = entries(row) or entries(page)
    naming_it = [entry for entry in log if label.lower() in entry.get_change_message().lower()]
    for entry in naming_it or log:
        return sentence(entry.user, entry.action_time, "changed it", viewer)
    return "It was changed while you had this page open"


def who_deleted(row: Model, *, page: Model, viewer: Any) -> str:
    for version in versions(row):
        if version.history_type == "-":
            return sentence(version.history_user, version.history_date, "deleted it", viewer)
    deletions = [entry for entry in entries(row) if entry.action_flag == DELETION]
    on_page = [e for e in entries(page) if "Deleted" in e.get_change_message()]
    for entry in deletions or on_page:
        return sentence(entry.user, entry.action_time, "deleted it", viewer)
    return "It was deleted while you had this page open"

"""Who changed a record, and when, from the histories that are kept of it."""

import datetime
from itertools import pairwise
from typing import Any

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db.models import Model
from django.utils import timezone

# Further back than anybody keeps a form open.
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


def said(user: Any, at: datetime.datetime, what: str, viewer: Any) -> str:
    """In words: "Jo changed it at 3:22 PM". One person with two windows is two people."""
    where = ", in another window or before you went back" if user == viewer else ""
    return f"{name_of(user, viewer)} {what} {moment(at)}{where}"


def who_changed(row: Model, name: str, label: str, *, page: Model, viewer: Any) -> str:
    """`page` is the record whose page the row is part of: its log tells of the row, too."""
    known = versions(row)
    for newer, older in pairwise(known):
        if getattr(newer, name, None) != getattr(older, name, None):
            return said(newer.history_user, newer.history_date, "changed it", viewer)
    if known:
        return said(known[0].history_user, known[0].history_date, "changed it", viewer)
    log = entries(row) or entries(page)
    told = [entry for entry in log if label.lower() in entry.get_change_message().lower()]
    for entry in told or log:
        return said(entry.user, entry.action_time, "changed it", viewer)
    return "It was changed while you had this page open"


def who_deleted(row: Model, *, page: Model, viewer: Any) -> str:
    for version in versions(row):
        if version.history_type == "-":
            return said(version.history_user, version.history_date, "deleted it", viewer)
    gone = [entry for entry in entries(row) if entry.action_flag == DELETION]
    told = [e for e in entries(page) if "Deleted" in e.get_change_message()]
    for entry in gone or told:
        return said(entry.user, entry.action_time, "deleted it", viewer)
    return "It was deleted while you had this page open"

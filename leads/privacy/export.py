"""Leads as CSV for spreadsheets; no cell is ever run as a formula (promise 23)."""

import csv
import itertools
import logging
import unicodedata
from collections.abc import Iterator
from datetime import tzinfo

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import StreamingHttpResponse
from django.utils import timezone

from leads.models import Consent, ConsultationRequest, EbookSignup

logger = logging.getLogger(__name__)

# `columns` adds the fields of a form that are not named here.
COLUMNS = {
    EbookSignup: ["received_at", "first_name", "email", "status", "news", "page", "notes"],
    ConsultationRequest: [
        "received_at",
        "name",
        "phone",
        "phone_typed",  # an extension stands here alone
        "email",
        "best_time",
        "voicemail_ok",
        "status",
        "note",
        "page",
        "notes",
    ],
}


def columns(model: type[EbookSignup | ConsultationRequest]) -> list[str]:
    """New fields come last, so that spreadsheets made for an earlier export still fit."""
    return [*COLUMNS[model], *model.posted_fields(besides=COLUMNS[model])]


# The full-width signs too: spreadsheets set to Japanese or Chinese read them as the plain ones.
FORMULA_STARTS = tuple("=+-@＝＋－＠")


def is_skipped(character: str) -> bool:
    """Whether a spreadsheet may pass over it, before what starts a formula."""
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}


def neutralise(cell: str) -> str:
    """`cell` as text that no spreadsheet runs: an apostrophe before what would start a formula."""
    leading = "".join(itertools.takewhile(is_skipped, cell))
    text = cell[len(leading) :]
    if text.startswith(FORMULA_STARTS) or any(mark in leading for mark in "\t\r\n"):
        return f"'{cell}"
    return cell


class Line:
    """A file for csv.writer that gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def cell(lead, column: str, zone: tzinfo | None) -> str:
    value = getattr(lead, column)
    if column == "received_at":
        return timezone.localtime(value, zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return neutralise(str(value or ""))


def lines(leads: QuerySet, zone: tzinfo | None = None) -> Iterator[str]:
    """The CSV line by line, with a head; a million rows need no more memory than one."""
    names = columns(leads.model)
    if leads.model is EbookSignup:
        # Whoever writes to people must see who agreed, and who has withdrawn since.
        news = Consent.objects.filter(signup=OuterRef("pk"), purpose=Consent.Purpose.NEWS)
        leads = leads.annotate(news=Subquery(news.order_by("-pk").values("event")[:1]))
    writer = csv.writer(Line(), quoting=csv.QUOTE_ALL)
    yield writer.writerow(names)
    for lead in leads.iterator(chunk_size=2000):
        yield writer.writerow([cell(lead, name, zone) for name in names])


def log_export(leads: QuerySet, *, by: str) -> int:
    """Logs who takes how many leads along, and returns how many they are."""
    rows = leads.count()
    fields = {"what": leads.model._meta.model_name, "rows": rows, "by": by}
    logger.info("export", extra={"fields": fields})
    return rows


def download(leads: QuerySet, *, user) -> StreamingHttpResponse:
    log_export(leads, by=f"user {user.pk}")
    name = f"{leads.model._meta.model_name}s-{timezone.localdate().isoformat()}.csv"

    zone = timezone.get_current_timezone()  # it is over when the lines are sent

    def encoded():
        yield b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for Windows-1252 and garbles José
        for line in lines(leads, zone):
            yield line.encode()

    return StreamingHttpResponse(
        encoded(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

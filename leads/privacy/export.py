"""Leads as CSV. A spreadsheet must not run any cell of it as a formula (promise 23)."""

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
        "phone_typed",  # the only column with the extension
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


# Spreadsheets set to Japanese or Chinese read the full-width signs as the plain ones.
FORMULA_STARTS = tuple("=+-@＝＋－＠")


def is_skipped(character: str) -> bool:
    """Whether a spreadsheet may ignore this character at the start of a cell."""
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}


def neutralise(cell: str) -> str:
    """Puts an apostrophe before a cell that a spreadsheet could run as a formula."""
    leading = "".join(itertools.takewhile(is_skipped, cell))
    text = cell[len(leading) :]
    if text.startswith(FORMULA_STARTS) or any(mark in leading for mark in "\t\r\n"):
        return f"'{cell}"
    return cell


class Line:
    """A file for csv.writer that returns each line, because the response streams them."""

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
    """The CSV line by line, column names first, so a million rows need no more memory than one."""
    names = columns(leads.model)
    if leads.model is EbookSignup:
        # Staff who write to these people must see who agreed, and who withdrew later.
        news = Consent.objects.filter(signup=OuterRef("pk"), purpose=Consent.Purpose.NEWS)
        leads = leads.annotate(news=Subquery(news.order_by("-pk").values("event")[:1]))
    writer = csv.writer(Line(), quoting=csv.QUOTE_ALL)
    yield writer.writerow(names)
    for lead in leads.iterator(chunk_size=2000):
        yield writer.writerow([cell(lead, name, zone) for name in names])


def log_export(leads: QuerySet, *, by: str) -> int:
    """Logs who exports how many leads, and returns that number."""
    rows = leads.count()
    fields = {"what": leads.model._meta.model_name, "rows": rows, "by": by}
    logger.info("export", extra={"fields": fields})
    return rows


def download(leads: QuerySet, *, user) -> StreamingHttpResponse:
    log_export(leads, by=f"user {user.pk}")
    name = f"{leads.model._meta.model_name}s-{timezone.localdate().isoformat()}.csv"
    # The lines are sent after the view has returned, when this time zone is no longer active.
    zone = timezone.get_current_timezone()

    def encode_lines():
        # Without this byte order mark Excel reads UTF-8 as Windows-1252 and garbles “José”.
        yield b"\xef\xbb\xbf"
        for line in lines(leads, zone):
            yield line.encode()

    return StreamingHttpResponse(
        encode_lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

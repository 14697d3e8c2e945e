"""Downloads from the library: which ebooks may be downloaded, and how often each one is."""

import logging
import re
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone

from articles.ebooks.formats import Format
from articles.ebooks.serving import serve
from articles.models import Ebook
from leads.models import DownloadCount

logger = logging.getLogger(__name__)

# Mail scanners, link previews, crawlers and scripts open links, too; they are not counted.
SCANNERS = re.compile(
    r"bot|crawl|spider|slurp|preview|prefetch|scan|monitor|check|fetch|headless|python|curl|wget|"
    r"libwww|httpclient|http-client|okhttp|go-http|java/|axios|node|ruby|perl|php|"
    r"proofpoint|mimecast|barracuda|safelinks|fireeye|trendmicro|symantec|sophos|"
    r"facebookexternalhit|whatsapp|slack|telegram|discord|skype|embedly|ms-office|google-read-aloud",
    re.IGNORECASE,
)


class WithdrawnError(Exception):
    """The ebook is not published any more."""


def download(request, *, slug: str, file_format: Format) -> HttpResponseBase:
    """Sends the file to the person who opened a library link.

    Raises WithdrawnError, and BuildError if the book was never built and cannot be built now.
    """
    ebook = Ebook.objects.filter(slug=slug).first()
    if ebook is None:
        raise Http404
    if not ebook.is_published:
        raise WithdrawnError
    response = serve(request, ebook, file_format)
    if is_whole(response) and is_by_a_person(request):
        count(ebook, file_format)
    return response


def is_whole(response: HttpResponseBase) -> bool:
    """Whether this response sends the whole file; the response to a HEAD has no body."""
    if response.status_code == 206:
        span, _, size = response["Content-Range"].removeprefix("bytes ").partition("/")
        return span == f"0-{int(size) - 1}"
    return response.status_code == 200 and response.streaming


def is_by_a_person(request) -> bool:
    """Whether the headers look like a person's browser, not a mail scanner or a prefetch."""
    agent = request.headers.get("User-Agent", "")
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return bool(agent) and not SCANNERS.search(agent) and "prefetch" not in purpose.lower()


def count(ebook: Ebook, file_format: Format) -> None:
    """Adds one to today's count of the book and format. A failure must not stop the download."""
    today = timezone.localdate()
    key: dict[str, Any] = {"ebook": ebook.slug, "file_format": file_format.code, "day": today}
    try:
        row = DownloadCount.objects.filter(**key)
        with transaction.atomic():
            if not row.update(count=F("count") + 1):
                DownloadCount.objects.get_or_create(**key)
                row.update(count=F("count") + 1)
    except DatabaseError:
        logger.exception("a download was not counted")

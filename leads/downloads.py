"""Downloads from the library: which ebooks may be downloaded, and how many people do."""

import logging
import re

from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone

from articles.ebooks import build
from articles.ebooks.serving import serve
from articles.models import Ebook
from leads.models import DownloadCount

logger = logging.getLogger(__name__)

# What opens links without a person: mail scanners, link previews, crawlers, scripts.
SCANNERS = re.compile(
    r"bot|crawl|spider|slurp|preview|prefetch|scan|monitor|check|fetch|headless|python|curl|wget|"
    r"libwww|httpclient|http-client|okhttp|go-http|java/|axios|node|ruby|perl|php|"
    r"proofpoint|mimecast|barracuda|safelinks|fireeye|trendmicro|symantec|sophos|"
    r"facebookexternalhit|whatsapp|slack|telegram|discord|skype|embedly|ms-office|google-read-aloud",
    re.IGNORECASE,
)


class WithdrawnError(Exception):
    """The ebook was published once and no longer is."""


def download(request, *, slug: str, file_format: build.Format) -> HttpResponseBase:
    """The file for the person behind a library link. Raises WithdrawnError, and BuildError for a
    book that was never built and cannot be."""
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
    """Whether a download starts here that is to give the whole file; a HEAD's answer is empty."""
    if response.status_code == 206:
        span, _, size = response["Content-Range"].removeprefix("bytes ").partition("/")
        return span == f"0-{int(size) - 1}"
    return response.status_code == 200 and response.streaming


def is_by_a_person(request) -> bool:
    """As far as a request tells: mail scanners and prefetching browsers are nobody."""
    agent = request.headers.get("User-Agent", "")
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return bool(agent) and not SCANNERS.search(agent) and "prefetch" not in purpose.lower()


def count(ebook: Ebook, file_format: build.Format) -> None:
    """One more for the book, the format and the day; nobody's download waits or fails for it."""
    today = timezone.localdate()
    try:
        row = DownloadCount.objects.filter(ebook=ebook.slug, file_format=file_format, day=today)
        with transaction.atomic():
            if not row.update(count=F("count") + 1):
                DownloadCount.objects.get_or_create(
                    ebook=ebook.slug, file_format=file_format, day=today
                )
                row.update(count=F("count") + 1)
    except DatabaseError:
        logger.exception("a download was not counted")

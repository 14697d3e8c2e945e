"""Sends an ebook's file: the whole, or the part that a download manager asks for.

Ranges are implemented here because Django's FileResponse does not support them. The file is found
by the ebook's row, never by a path in the address (promise 16).
"""

import logging
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date

from articles.ebooks import build
from articles.ebooks.formats import Format
from articles.models import Ebook, Edition
from clinic_site.models import Practice

logger = logging.getLogger(__name__)

LONGEST_NAME = 120

# At most 18 digits: no file is longer, and Python refuses to read numbers of thousands of digits.
ONE_RANGE = re.compile(
    r"bytes=(?:(?P<first>\d{1,18})-(?P<last>\d{0,18})|-(?P<tail>\d{1,18}))", re.ASCII
)


class UnsatisfiableRangeError(Exception):
    """The file has no byte in the requested range."""


@dataclass(frozen=True)
class StoredFile:
    stream: IO[bytes]
    size: int
    etag: str
    modified_at: datetime


class PartialStream:
    """The next `length` bytes of a stream."""

    def __init__(self, stream: IO[bytes], length: int):
        self.stream, self.left = stream, length

    def read(self, size: int) -> bytes:
        piece = self.stream.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        self.stream.close()


def serve(request, ebook: Ebook, file_format: Format) -> HttpResponseBase:
    stored = open_upload(ebook, file_format) or open_built_file(ebook, file_format)
    response = respond(request, stored)
    response["ETag"] = stored.etag
    response["Last-Modified"] = http_date(stored.modified_at.timestamp())
    response["Accept-Ranges"] = "bytes"
    if response.status_code in {200, 206}:
        response["Content-Type"] = file_format.content_type
        response["Content-Disposition"] = disposition(ebook, file_format)
        for name, value in file_format.headers.items():
            response[name] = value
    return response


def open_upload(ebook: Ebook, file_format: Format) -> StoredFile | None:
    """The practice's own file; None if there is none, or if the storage has lost it."""
    upload = ebook.own_files.get(file_format)
    if upload is None or not upload.name:
        return None
    try:
        modified_at = upload.storage.get_modified_time(upload.name)
        etag = f'"upload-{upload.size:x}-{int(modified_at.timestamp()):x}"'
        return StoredFile(upload.open("rb").file, upload.size, etag, modified_at)
    except OSError:
        logger.exception("an uploaded ebook is missing")
        return None


def open_built_file(ebook: Ebook, file_format: Format) -> StoredFile:
    """The file of the last good edition. Builds it first if it is missing, as on a new disk."""
    for _attempt in range(2):
        edition = Edition.objects.filter(pk=ebook.pk, number__gt=0).first()
        if edition:
            try:
                stream = build.path(edition, file_format).open("rb")
            except FileNotFoundError:
                pass
            else:
                size = build.path(edition, file_format).stat().st_size
                etag = f'"{edition.number}-{edition.digest[:16]}"'
                return StoredFile(stream, size, etag, edition.made_at)
        build.build(ebook)
    raise build.BuildError("the file was built and is not there")


def respond(request, stored: StoredFile) -> HttpResponseBase:
    """Status and body by RFC 9110, which evaluates conditions before the range."""
    modified = int(stored.modified_at.timestamp())
    early = get_conditional_response(request, etag=stored.etag, last_modified=modified)
    if early is None and request.method == "HEAD":
        early = HttpResponse(headers={"Content-Length": str(stored.size)})
    if early is not None:
        stored.stream.close()
        return early
    try:
        requested = requested_range(request, stored)
    except UnsatisfiableRangeError:
        stored.stream.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    if requested is None:
        return FileResponse(stored.stream, headers={"Content-Length": str(stored.size)})
    first, last = requested
    stored.stream.seek(first)
    headers = {
        "Content-Length": str(last - first + 1),
        "Content-Range": f"bytes {first}-{last}/{stored.size}",
    }
    part = PartialStream(stored.stream, last - first + 1)
    return FileResponse(part, status=206, headers=headers)


def requested_range(request, stored: StoredFile) -> tuple[int, int] | None:
    """First and last byte; None for the whole file.

    The whole file also answers a malformed range, several ranges, and a range of another version
    of the file: RFC 9110 allows it.
    """
    match = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not match or not is_same_version(request.headers.get("If-Range", ""), stored):
        return None
    if match["tail"]:
        first, last = stored.size - int(match["tail"]), stored.size - 1
        first = max(first, 0)
    else:
        first = int(match["first"])
        last = min(int(match["last"] or stored.size), stored.size - 1)
        if match["last"] and int(match["last"]) < first:
            return None
    if first >= stored.size:
        raise UnsatisfiableRangeError
    return first, last


def is_same_version(if_range: str, stored: StoredFile) -> bool:
    """Whether a broken download can be continued: its first bytes came from this version.

    A weak ETag never matches, because it does not promise identical bytes.
    """
    return not if_range or if_range in {stored.etag, http_date(stored.modified_at.timestamp())}


def disposition(ebook: Ebook, file_format: Format) -> str:
    is_attachment = file_format.disposition == "attachment"
    return content_disposition_header(is_attachment, file_name(ebook, file_format)) or ""


def file_name(ebook: Ebook, file_format: Format) -> str:
    """Title and practice, without the characters that some systems forbid in file names."""
    parts = [ebook.title.replace(": ", " - "), Practice.load().name]
    shown = " - ".join(part for part in parts if part)
    kept = "".join(
        " " if letter in '\\/:*?"<>|' or unicodedata.category(letter)[0] == "C" else letter
        for letter in shown
    )
    return f"{' '.join(kept.split())[:LONGEST_NAME].strip(' .') or ebook.slug}.{file_format.code}"

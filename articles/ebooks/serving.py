"""An ebook's file as readers, download managers and broken connections ask for it.

Ranges are answered here because Django's FileResponse knows none. A file comes from the row of an
ebook, never from a path in the address (promise 16).
"""

import logging
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from articles.ebooks import build
from articles.models import Ebook, Edition
from clinic_site.models import Practice

logger = logging.getLogger(__name__)

TYPES = {"epub": "application/epub+zip", "pdf": "application/pdf"}
LONGEST_NAME = 120
# Browsers may show a PDF in a document of their own making with an embed in it, which the policy
# of the pages would forbid.
PDF_POLICY = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"

# At most 18 digits: no file is longer, and Python refuses to read numbers of thousands.
ONE_RANGE = re.compile(
    r"bytes=(?:(?P<first>\d{1,18})-(?P<last>\d{0,18})|-(?P<tail>\d{1,18}))", re.ASCII
)


class UnsatisfiableRangeError(Exception):
    """No byte of the file is in the range."""


@dataclass(frozen=True)
class StoredFile:
    stream: IO[bytes]
    size: int
    etag: str
    modified_at: datetime


class Part:
    """`length` bytes of a stream from where it stands."""

    def __init__(self, stream: IO[bytes], length: int):
        self.stream, self.left = stream, length

    def read(self, size: int) -> bytes:
        piece = self.stream.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        self.stream.close()


def serve(request, ebook: Ebook, file_format: build.Format) -> HttpResponseBase:
    """The ebook's file, or the part of it that was asked for."""
    stored = uploaded(ebook, file_format) or built(ebook, file_format)
    response = answer(request, stored)
    response["ETag"] = stored.etag
    response["Last-Modified"] = http_date(stored.modified_at.timestamp())
    response["Accept-Ranges"] = "bytes"
    if response.status_code in {200, 206}:
        response["Content-Type"] = TYPES[file_format]
        response["Content-Disposition"] = disposition(ebook, file_format)
        if file_format == "pdf":
            response["Content-Security-Policy"] = PDF_POLICY
    return response


def uploaded(ebook: Ebook, file_format: build.Format) -> StoredFile | None:
    """The practice's own file; None when there is none, or the disk has lost it."""
    upload = ebook.upload_epub if file_format == "epub" else ebook.upload_pdf
    if not upload or not upload.name:
        return None
    try:
        modified_at = upload.storage.get_modified_time(upload.name)
        etag = f'"upload-{upload.size:x}-{int(modified_at.timestamp()):x}"'
        return StoredFile(upload.open("rb").file, upload.size, etag, modified_at)
    except OSError:
        logger.exception("an uploaded ebook is missing")
        return None


def built(ebook: Ebook, file_format: build.Format) -> StoredFile:
    """The last good edition; built on the spot where it is missing, as after a lost disk."""
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


def answer(request, stored: StoredFile) -> HttpResponseBase:
    """Body and status, by RFC 9110: conditions first, then the range."""
    modified = int(stored.modified_at.timestamp())
    early = get_conditional_response(request, etag=stored.etag, last_modified=modified)
    if early is None and request.method == "HEAD":
        early = HttpResponse(headers={"Content-Length": str(stored.size)})
    if early is not None:
        stored.stream.close()
        return early
    try:
        wanted = wanted_range(request, stored)
    except UnsatisfiableRangeError:
        stored.stream.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    if wanted is None:
        return FileResponse(stored.stream, headers={"Content-Length": str(stored.size)})
    first, last = wanted
    stored.stream.seek(first)
    headers = {
        "Content-Length": str(last - first + 1),
        "Content-Range": f"bytes {first}-{last}/{stored.size}",
    }
    return FileResponse(Part(stored.stream, last - first + 1), status=206, headers=headers)


def wanted_range(request, stored: StoredFile) -> tuple[int, int] | None:
    """First and last byte; None for the whole file. What is malformed, of another version or in
    several parts is answered with the whole, as the standard allows."""
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
    """Whether what the reader has the start of is this file; a weak validator proves nothing."""
    return not if_range or if_range in {stored.etag, http_date(stored.modified_at.timestamp())}


def disposition(ebook: Ebook, file_format: build.Format) -> str:
    """An EPUB is for another program to keep; a PDF opens where it is."""
    name = file_name(ebook, file_format)
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    folded = " ".join(folded.split())
    if folded.startswith((".", "- ")):
        folded = f"{ebook.slug}.{file_format}"
    kind = "attachment" if file_format == "epub" else "inline"
    extended = "" if name.isascii() else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{kind}; filename="{folded}"{extended}'


def file_name(ebook: Ebook, file_format: build.Format) -> str:
    """Title and practice, in characters that every system takes in a file name."""
    parts = [ebook.title.replace(": ", " - "), Practice.load().name]
    shown = " - ".join(part for part in parts if part)
    kept = "".join(
        " " if letter in '\\/:*?"<>|' or unicodedata.category(letter)[0] == "C" else letter
        for letter in shown
    )
    return f"{' '.join(kept.split())[:LONGEST_NAME].strip(' .') or ebook.slug}.{file_format}"

"""Checks the type and size of ebook files that staff upload in place of those the site builds."""

import math
import os
import zipfile

from django.core.exceptions import ValidationError

EPUB_MIME_TYPE = "application/epub+zip"
# Larger files are too slow for readers on phones. The proxies in docs/deploy accept a form with two
# files of this size, so that staff see the message below instead of a proxy's error page.
MAX_MEGABYTES = 20
# Programs search the header in the first 1024 bytes (ISO 32000-1, annex H), because some files have
# a byte order mark or another line before it.
PDF_HEADER_WITHIN_BYTES = 1024


def is_stored(file) -> bool:
    """Whether the file was checked when it was uploaded.

    Each save validates stored files again, and reading one would leave it open. Raises
    ValidationError if the storage has lost the file.
    """
    if not getattr(file, "_committed", False):
        return False
    if not file.storage.exists(file.name):
        raise ValidationError(
            "The server has lost this file. Choose it again, or tick the box that clears it."
        )
    return True


def validate_size(file) -> None:
    megabytes = file.seek(0, os.SEEK_END) / 1_000_000
    if megabytes > MAX_MEGABYTES:
        raise ValidationError(
            f"That file has {math.ceil(megabytes)} MB; at most {MAX_MEGABYTES} MB can be taken."
            " Make its pictures smaller, save it again, and choose the new file."
        )


def validate_pdf(file) -> None:
    if is_stored(file):
        return
    validate_size(file)
    file.seek(0)
    if b"%PDF-" not in file.read(PDF_HEADER_WITHIN_BYTES):
        raise ValidationError("That is not a PDF file. Choose a file that ends in .pdf.")


def validate_epub(file) -> None:
    if is_stored(file):
        return
    validate_size(file)
    if mime_type_in_zip(file) != EPUB_MIME_TYPE.encode():
        raise ValidationError("That is not an EPUB file. Choose a file that ends in .epub.")


def mime_type_in_zip(file) -> bytes:
    """The type that the archive states; b"" if the file is damaged or not an archive.

    Only the first bytes are unpacked, because a hostile archive may be larger than the memory.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive, archive.open("mimetype") as entry:
            return entry.read(len(EPUB_MIME_TYPE) + 64).strip()
    # zipfile documents BadZipFile, but damaged archives also raise zlib.error, EOFError, OSError,
    # struct.error and more. Staff get the same message for all of them.
    except Exception:  # noqa: BLE001
        return b""

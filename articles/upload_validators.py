"""What staff may upload in place of a generated book: the kind of file, and its size."""

import math
import os
import zipfile

from django.core.exceptions import ValidationError

EPUB_MIME_TYPE = "application/epub+zip"
# People read these on phones. The proxies of docs/deploy let two of them and a form pass, so that
# staff get the sentence below and not a proxy's page.
MAX_MEGABYTES = 20
# ISO 32000-1, annex H: readers look for the header in so many bytes, as some programs put a byte
# order mark or a line of their own before it.
PDF_HEADER_WITHIN_BYTES = 1024


def is_stored(file) -> bool:
    """Whether it was checked when it came; each save validates it again, and would leave it open.

    Raises ValidationError when the disk has lost it.
    """
    if not getattr(file, "_committed", False):
        return False
    if not file.storage.exists(file.name):
        raise ValidationError(
            "The server has lost this file. Choose it again, or tick the box that clears it."
        )
    return True


def is_small_enough(file) -> None:
    megabytes = file.seek(0, os.SEEK_END) / 1_000_000
    if megabytes > MAX_MEGABYTES:
        raise ValidationError(
            f"That file has {math.ceil(megabytes)} MB; at most {MAX_MEGABYTES} MB can be taken."
            " Make its pictures smaller, save it again, and choose the new file."
        )


def is_pdf(file) -> None:
    if is_stored(file):
        return
    is_small_enough(file)
    file.seek(0)
    if b"%PDF-" not in file.read(PDF_HEADER_WITHIN_BYTES):
        raise ValidationError("That is not a PDF file. Choose a file that ends in .pdf.")


def is_epub(file) -> None:
    if is_stored(file):
        return
    is_small_enough(file)
    if mime_type_in_zip(file) != EPUB_MIME_TYPE.encode():
        raise ValidationError("That is not an EPUB file. Choose a file that ends in .epub.")


def mime_type_in_zip(file) -> bytes:
    """What the archive says it is; b"" for one that is damaged or no archive at all.

    Only the first bytes are unpacked, as a hostile archive may unpack to more than the memory.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive, archive.open("mimetype") as entry:
            return entry.read(len(EPUB_MIME_TYPE) + 64).strip()
    # zipfile documents BadZipFile, but damaged archives also raise zlib.error, EOFError, OSError,
    # struct.error, and more; all of them mean the same to the person who chose the file.
    except Exception:  # noqa: BLE001
        return b""

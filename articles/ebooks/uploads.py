"""What staff may upload in place of a generated book: the kind of file that its field says."""

import zipfile

from django.core.exceptions import ValidationError


def is_pdf(file) -> None:
    file.seek(0)
    if file.read(5) != b"%PDF-":
        raise ValidationError("That is not a PDF file. Choose a file that ends in .pdf.")


def is_epub(file) -> None:
    file.seek(0)
    try:
        kind = zipfile.ZipFile(file).read("mimetype").strip()
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        kind = b""
    if kind != b"application/epub+zip":
        raise ValidationError("That is not an EPUB file. Choose a file that ends in .epub.")

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from articles.ebooks.uploads import is_epub, is_pdf
from articles.models import EbookFile


def zipped(**files: str) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed


def test_uploads_of_the_right_kind_are_taken():
    is_pdf(io.BytesIO(b"%PDF-1.7"))
    is_epub(zipped(mimetype="application/epub+zip"))


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04 torn"])
def test_uploads_of_another_kind_are_refused(content):
    with pytest.raises(ValidationError, match="not a PDF"):
        is_pdf(io.BytesIO(content))
    with pytest.raises(ValidationError, match="not an EPUB"):
        is_epub(io.BytesIO(content))


def test_uploads_of_any_zip_are_no_epub():
    with pytest.raises(ValidationError, match="not an EPUB"):
        is_epub(zipped(mimetype="application/zip"))


def test_files_of_an_ebook_are_what_was_built(built):
    ebook = built.ebook

    assert [file.name for file in ebook.files] == ["first-days.epub", "first-days.pdf"]
    assert ebook.files[1] == EbookFile("first-days.pdf", "PDF", built.pdf_size, pages=3)


def test_files_of_an_ebook_never_built_are_none(ebook):
    assert ebook.files == []


def test_files_of_an_ebook_with_an_upload_are_the_upload(built, settings, data_dir):
    settings.MEDIA_ROOT = data_dir / "uploads"
    built.ebook.upload_pdf.save("own.pdf", ContentFile(b"%PDF-" + b"x" * 1995))

    assert built.ebook.files[1] == EbookFile("first-days.pdf", "PDF", 2000)


@pytest.mark.parametrize(
    ("size", "pages", "label"),
    [
        (999, 1, "PDF, 1 page, 1 kB"),
        (105_521, 10, "PDF, 10 pages, 106 kB"),
        (2_340_000, 0, "PDF, 2.3 MB"),
    ],
)
def test_file_says_what_it_is(size, pages, label):
    assert EbookFile("x.pdf", "PDF", size, pages).label == label

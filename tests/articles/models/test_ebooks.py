import pytest
from django.core.files.base import ContentFile

from articles.models import EbookFile


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

import pytest

from articles.ebooks.formats import BY_CODE
from articles.models import Ebook, EbookFile, Edition
from tests.factories import make_ebook, set_upload


def test_files_of_an_ebook_are_what_was_built(built):
    ebook, size = built.ebook, built.files.get(file_format="pdf").size

    assert [file.name for file in ebook.files] == ["first-days.epub", "first-days.pdf"]
    assert ebook.files[1] == EbookFile("first-days.pdf", "PDF", size, pages=3)


def test_ebook_that_was_never_built_has_no_files(ebook):
    assert ebook.files == []


def test_files_of_an_ebook_with_an_upload_are_the_upload(built, settings, data_dir):
    settings.MEDIA_ROOT = data_dir / "uploads"
    set_upload(built.ebook, "pdf", b"%PDF-" + b"x" * 1995)

    assert built.ebook.files[1] == EbookFile("first-days.pdf", "PDF", 2000)


@pytest.mark.parametrize(
    ("size", "pages", "label"),
    [
        (999, 1, "PDF, 1 page, 1 kB"),
        (105_521, 10, "PDF, 10 pages, 106 kB"),
        (2_340_000, 0, "PDF, 2.3 MB"),
    ],
)
def test_label_of_a_file_names_format_pages_and_size(size, pages, label):
    assert EbookFile("x.pdf", "PDF", size, pages).label == label


def test_upload_is_replaced_and_removed_by_saving_the_ebook(ebook, settings, data_dir):
    settings.MEDIA_ROOT = data_dir / "uploads"
    set_upload(ebook, "pdf", b"%PDF-1")
    set_upload(ebook, "pdf", b"%PDF-22")
    replaced = [(row.file_format, row.file.size) for row in ebook.uploads.all()]

    ebook.set_upload(BY_CODE["pdf"], None)
    before = ebook.uploads.count()
    ebook.save()

    assert replaced == [("pdf", 7)]
    assert (before, ebook.uploads.count(), ebook.own_files) == (1, 0, {})


def test_history_names_the_uploads_of_each_version(ebook, settings, data_dir):
    settings.MEDIA_ROOT = data_dir / "uploads"
    set_upload(ebook, "pdf", b"%PDF-1")
    name = ebook.own_files[BY_CODE["pdf"]].name
    ebook.set_upload(BY_CODE["pdf"], None)
    ebook.save()
    set_upload(ebook, "epub", b"PK")
    ebook.delete()

    versions = Ebook.history.order_by("history_id")
    assert [version.uploads for version in versions] == [
        {}, {"pdf": name}, {}, {"epub": "ebooks/own.epub"}, {"epub": "ebooks/own.epub"},
    ]  # fmt: skip
    assert [version.upload_pdf for version in versions] == ["", name, "", "", ""]


@pytest.mark.parametrize(("codes", "is_listed"), [(["epub"], False), (["epub", "pdf"], True)])
def test_ebook_without_chapters_is_published_once_every_format_is_uploaded(db, codes, is_listed):
    book = make_ebook()

    for code in codes:
        set_upload(book, code, b"x")

    assert Ebook.objects.published().exists() is is_listed
    assert book.has_own_files is is_listed


@pytest.mark.parametrize("books", [1, 30])
def test_files_of_many_ebooks_take_as_many_queries_as_those_of_one(
    section, books, django_assert_num_queries
):
    for number in range(books):
        book = make_ebook(section, slug=f"book-{number}")
        edition = Edition.objects.create(ebook=book, number=1)
        edition.files.create(file_format="pdf", size=9)

    with django_assert_num_queries(3):
        listed = [len(book.files) for book in Ebook.objects.published().with_files()]

    assert listed == [1] * books

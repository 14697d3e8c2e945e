"""The migration carries every file of an ebook from its columns to rows, and back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("articles", "0002_ebooks_start_as_drafts")]
AFTER = [("articles", "0003_rows_of_ebook_files")]


def migrate(target):
    """Migrates the database; returns what finds a model of that time by its name."""
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return executor.loader.project_state(target).apps.get_app_config("articles").get_model


@pytest.fixture
def former(transactional_db):
    """The models of the former release; the present schema comes back at the end."""
    yield migrate(BEFORE)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def make_books(model):
    """One with its own PDF and a built edition, one with nothing."""
    book = model("Ebook").objects.create(title="A", slug="a", upload_pdf="ebooks/a.pdf")
    model("Ebook").objects.create(title="B", slug="b")
    model("Edition").objects.create(ebook=book, number=2, pages=9, epub_size=700, pdf_size=800)
    versions = model("HistoricalEbook").objects
    for pdf in ("", "ebooks/a.pdf"):
        versions.create(
            id=book.pk, title="A", slug="a", upload_pdf=pdf, history_date=book.created_at,
            created_at=book.created_at, updated_at=book.created_at, history_type="~",
        )  # fmt: skip


def test_migration_carries_uploads_sizes_and_history_to_rows(former):
    make_books(former)

    model = migrate(AFTER)

    uploads = model("EbookUpload").objects
    files = model("EditionFile").objects.order_by("file_format")
    versions = model("HistoricalEbook").objects.order_by("history_id")
    assert list(uploads.values_list("ebook__slug", "file_format", "file")) == [
        ("a", "pdf", "ebooks/a.pdf")
    ]
    assert list(files.values_list("edition__ebook__slug", "file_format", "size", "pages")) == [
        ("a", "epub", 700, 0),
        ("a", "pdf", 800, 9),
    ]
    assert list(versions.values_list("uploads", flat=True)) == [{}, {"pdf": "ebooks/a.pdf"}]


def test_migration_undone_carries_them_back(former):
    make_books(former)
    model = migrate(AFTER)
    book = model("Ebook").objects.get(slug="a")
    book.uploads.all().delete()
    book.uploads.create(file_format="epub", file="ebooks/new.epub")
    book.edition.files.filter(file_format="pdf").update(size=850, pages=10)

    former = migrate(BEFORE)
    book = former("Ebook").objects.get(slug="a")

    assert (book.upload_epub.name, book.upload_pdf.name) == ("ebooks/new.epub", "")
    edition = book.edition
    assert (edition.epub_size, edition.pdf_size, edition.pages) == (700, 850, 10)
    versions = former("HistoricalEbook").objects.order_by("history_id")
    assert list(versions.values_list("upload_pdf", flat=True)) == ["", "ebooks/a.pdf"]


def test_former_release_goes_on_writing_its_columns(former):
    """Both releases use the new schema during a rolling restart (promise 27)."""
    migrate(AFTER)

    book = former("Ebook").objects.create(title="C", slug="c", upload_pdf="ebooks/c.pdf")

    assert former("Ebook").objects.get(pk=book.pk).upload_pdf.name == "ebooks/c.pdf"

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.ebooks.formats import BY_CODE
from articles.models import Ebook
from tests.admin_pages import form_fields, page_text
from tests.factories import make_ebook, set_upload
from tests.staff import client_of

PDF = BY_CODE["pdf"]


@pytest.fixture
def book(db, settings, tmp_path):
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "uploads"
    return make_ebook(is_published=False)


def pdf(words: bytes):
    return SimpleUploadedFile("mine.pdf", b"%PDF-1.7 " + words)


def save(client, url: str, **changes):
    """Opens the page at `url` and saves its form, with no file chosen except in `changes`."""
    fields = form_fields(client.get(url))
    fields = {name: value for name, value in fields.items() if not name.startswith("upload_")}
    response = client.post(url, fields | changes)
    assert response.status_code == 302, page_text(response)


def change_url(book: Ebook) -> str:
    return reverse("admin:articles_ebook_change", args=[book.pk])


def version_url(version) -> str:
    return reverse("admin:articles_ebook_simple_history", args=[version.id, version.pk])


def uploads() -> list[tuple[str, bytes]]:
    stored = []
    for row in Ebook.objects.get().uploads.order_by("file_format"):
        with row.file.open() as file:
            stored.append((row.file_format, file.read()))
    return stored


def test_upload_is_added_replaced_and_cleared(owner, book):
    save(owner, change_url(book), upload_pdf=pdf(b"first"))
    first = uploads()
    save(owner, change_url(book), upload_pdf=pdf(b"second"))
    second = uploads()
    save(owner, change_url(book), **{"upload_pdf-clear": "on"})

    assert first == [("pdf", b"%PDF-1.7 first")]
    assert second == [("pdf", b"%PDF-1.7 second")]
    assert uploads() == []


def test_upload_of_another_kind_is_refused_and_nothing_is_stored(owner, book):
    fields = form_fields(owner.get(change_url(book)))
    wrong = SimpleUploadedFile("mine.epub", b"%PDF-1.7 no zip")

    response = owner.post(change_url(book), fields | {"upload_epub": wrong, "title": "New"})

    assert "That is not an EPUB file. Choose a file that ends in .epub." in page_text(response)
    assert (Ebook.objects.get().title, uploads()) == ("First days", [])


def test_new_ebook_takes_an_upload(owner, book):
    book.delete()

    save(owner, "/admin/articles/ebook/add/", title="A", slug="a", upload_pdf=pdf(b"mine"))

    assert uploads() == [("pdf", b"%PDF-1.7 mine")]
    assert Ebook.history.first().uploads == {"pdf": "ebooks/mine.pdf"}


def test_history_shows_what_changed_of_an_upload(owner, book):
    save(owner, change_url(book), subtitle="New line", upload_pdf=pdf(b"mine"))
    save(owner, change_url(book), **{"upload_pdf-clear": "on"})

    words = page_text(owner.get(reverse("admin:articles_ebook_history", args=[book.pk])))

    assert "Cover line: (empty) → New line PDF of your own: (empty) → ebooks/mine.pdf" in words
    assert "PDF of your own: ebooks/mine.pdf → (empty)" in words


def test_version_of_an_ebook_brings_back_its_words_and_leaves_its_uploads(owner, book):
    old = book.history.get()
    save(owner, change_url(book), subtitle="New line", upload_pdf=pdf(b"mine"))
    url = version_url(old)

    words = page_text(owner.get(url))
    save(owner, url)

    assert "PDF of your own: ebooks/mine.pdf" in words
    assert Ebook.objects.get().subtitle == ""
    assert uploads() == [("pdf", b"%PDF-1.7 mine")]


def test_deleted_ebook_comes_back_with_its_uploads(owner, book):
    set_upload(book, "pdf", b"%PDF-own")
    book.delete()
    last = Ebook.history.first()

    save(owner, version_url(last))

    assert (last.history_type, uploads()) == ("-", [("pdf", b"%PDF-own")])


def test_staff_who_may_only_look_see_the_uploads(book):
    set_upload(book, "pdf", b"%PDF-own")

    words = page_text(client_of("viewer", "articles.view_ebook").get(change_url(book)))

    assert "EPUB of your own: - " in words
    assert "PDF of your own: ebooks/own.pdf" in words

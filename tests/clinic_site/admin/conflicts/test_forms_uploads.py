"""Two people upload a file to one field."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.admin_pages import page_text
from tests.clinic_site.admin.conflicts.windows import Window, questions
from tests.factories import (
    make_ebook,
)


@pytest.fixture
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "ebooks"


def pdf(words):
    return SimpleUploadedFile("mine.pdf", b"%PDF-1.7 " + words + b" %%EOF")


def stored(book):
    with book.uploads.get(file_format="pdf").file.open() as file:
        return file.read()


def uploaded_by_two(owner):
    """A window in which the question is shown which of two uploads is kept."""
    book = make_ebook(is_published=False)
    window = Window(owner, book)
    window.fields.pop("upload_pdf", None)
    Window(owner, book).save(upload_pdf=pdf(b"theirs"))
    response = window.save(upload_pdf=pdf(b"mine"))
    assert questions(response) == {"keep-upload_pdf": []}
    window.fields.pop("upload_pdf", None)
    return book, window


def test_upload_that_is_kept_is_chosen_again(owner, uploads):
    book, window = uploaded_by_two(owner)

    without = window.save(**{"keep-upload_pdf": "mine"})
    window.fields.pop("upload_pdf", None)
    chosen = window.save(**{"keep-upload_pdf": "mine"}, upload_pdf=pdf(b"mine"))

    book.refresh_from_db()
    assert "Keep mine: choose the file again below" in page_text(without)
    assert chosen.status_code == 302
    assert b"mine" in stored(book)


def test_upload_of_another_is_taken(owner, uploads):
    book, window = uploaded_by_two(owner)

    window.save(**{"keep-upload_pdf": "theirs"})

    book.refresh_from_db()
    assert b"theirs" in stored(book)


def test_upload_that_is_sent_twice_is_stored_once(owner, uploads):
    book = make_ebook(is_published=False)
    window = Window(owner, book)
    window.fields.pop("upload_pdf", None)

    answers = [window.save(upload_pdf=pdf(b"mine")).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert len(list(uploads.iterdir())) == 1

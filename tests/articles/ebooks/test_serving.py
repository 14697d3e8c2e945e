from datetime import UTC, datetime

import pytest
from django.utils.http import http_date

from articles.ebooks import build, serving
from articles.ebooks.formats import BY_CODE
from articles.models import Ebook
from tests.factories import make_article, make_ebook, make_practice, make_section, set_upload


@pytest.mark.parametrize(
    ("code", "content_type", "disposition"),
    [
        ("epub", "application/epub+zip", 'attachment; filename="First days - Lake Clinic.epub"'),
        ("pdf", "application/pdf", 'inline; filename="First days - Lake Clinic.pdf"'),
    ],
)
def test_download_is_the_file_with_its_type_and_name(
    edition, code, content_type, disposition, fetch
):
    response = fetch(code)

    expected = build.path(edition, BY_CODE[code]).read_bytes()
    assert (response.status_code, response.body) == (200, expected)
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == disposition
    assert response["Content-Length"] == str(len(expected))
    assert response["ETag"] == f'"1-{edition.digest[:16]}"'
    assert response["Last-Modified"] == "Mon, 23 Nov 2026 17:00:00 GMT"
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("title", "practice", "disposition"),
    [
        ("Back: cold/heat?", "A & B", 'inline; filename="Back - cold heat - A & B.pdf"'),
        ("Rücken", "", "inline; filename*=utf-8''R%C3%BCcken.pdf"),
        ('a"\r\nSet-Cookie: x', "", 'inline; filename="a Set-Cookie - x.pdf"'),
        (
            "漢字",
            "",
            "inline; filename*=utf-8''%E6%BC%A2%E5%AD%97.pdf",
        ),
        ("..", "", 'inline; filename="first-days.pdf"'),
        ("\u202efdp.exe", "", 'inline; filename="fdp.exe.pdf"'),
        ("W" * 300, "", f'inline; filename="{"W" * 120}.pdf"'),
    ],
)
def test_download_has_a_file_name_that_every_system_accepts(db, title, practice, disposition):
    make_practice(name=practice)

    book = Ebook(title=title, slug="first-days")
    assert serving.disposition(book, BY_CODE["pdf"]) == disposition


def test_download_of_a_book_never_built_builds_it(edition, fetch):
    make_ebook(make_section(make_article(slug="b")), slug="new", title="New")

    assert fetch(slug="new").body[:5] == b"%PDF-"


def test_download_of_a_lost_file_builds_it_again(edition, content, fetch):
    build.path(edition, BY_CODE["pdf"]).unlink()

    assert fetch().body == content


def test_download_of_a_book_that_cannot_be_built_raises_the_reason(edition, monkeypatch, fetch):
    build.path(edition, BY_CODE["pdf"]).unlink()

    def fail(*_args):
        raise build.BuildError("no room")

    monkeypatch.setattr(build, "build", fail)
    with pytest.raises(build.BuildError, match="no room"):
        fetch()


def test_download_is_the_upload_if_there_is_one(edition, fetch):
    set_upload(Ebook.objects.get(), "pdf", b"%PDF-own")

    response = fetch()

    assert response.body == b"%PDF-own"
    assert response["Content-Disposition"] == 'inline; filename="First days - Lake Clinic.pdf"'
    assert fetch(Range="bytes=5-7").body == b"own"
    assert fetch(**{"If-None-Match": response["ETag"]}).status_code == 304


def test_download_of_an_upload_in_a_storage_without_paths(edition, settings, fetch):
    """Object storage has names and bytes, but no paths."""
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"default": memory}
    set_upload(Ebook.objects.get(), "pdf", b"%PDF-own")

    assert fetch().body == b"%PDF-own"
    assert fetch(Range="bytes=5-7").body == b"own"


def test_download_of_a_lost_upload_is_the_built_file(edition, content, caplog, fetch):
    Ebook.objects.get().uploads.create(file_format="pdf", file="ebooks/gone.pdf")

    assert fetch().body == content


def test_download_of_a_pdf_may_be_shown_by_the_browser(edition, fetch):
    policy = fetch()["Content-Security-Policy"]

    assert policy == "default-src 'none'; object-src 'self'; frame-ancestors 'none'"
    assert "Content-Security-Policy" not in fetch("epub")


def test_download_has_the_date_of_its_edition(edition, fetch):
    assert fetch()["Last-Modified"] == http_date(datetime(2026, 11, 23, 17, tzinfo=UTC).timestamp())

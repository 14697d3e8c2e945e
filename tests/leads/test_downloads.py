from datetime import date

import pytest
from django.db import DatabaseError
from django.http import Http404
from django.test import RequestFactory

from articles.ebooks import build
from articles.ebooks.formats import BY_CODE, FORMATS
from articles.models import Ebook
from leads import downloads
from leads.models import DownloadCount
from tests.factories import make_article, make_ebook, make_practice, make_section

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "uploads"


@pytest.fixture
def edition(db, time_machine):
    time_machine.move_to("2026-11-23 17:00:00 +0000", tick=False)
    make_practice()
    return build.build(make_ebook(make_section(make_article())))


@pytest.fixture
def content(edition) -> bytes:
    return build.path(edition, BY_CODE["pdf"]).read_bytes()


def get(code="pdf", *, slug="first-days", method="GET", **headers):
    """The response, read to its end; `body` holds its bytes."""
    request = RequestFactory(headers={"User-Agent": PHONE} | headers).generic(
        method, "/ebooks/library/t/x"
    )
    response = downloads.download(request, slug=slug, file_format=BY_CODE[code])
    response.body = b"".join(response) if response.streaming else response.content
    response.close()
    return response


def counted() -> list[tuple]:
    return list(DownloadCount.objects.values_list("ebook", "file_format", "day", "count"))


def test_download_of_a_withdrawn_book_is_refused(edition):
    Ebook.objects.update(is_published=False)

    with pytest.raises(downloads.WithdrawnError):
        get()


@pytest.mark.parametrize("slug", ["none", "..", "1-1"])
def test_download_of_an_unknown_book_is_not_found(edition, slug):
    with pytest.raises(Http404):
        get(slug=slug)


def test_download_is_counted_by_book_format_and_day(edition, time_machine):
    for code in ("pdf", "pdf", "epub"):
        get(code)
    time_machine.move_to("2026-11-25 04:30 +0000")  # the 24th in Detroit
    get()

    assert counted() == [
        ("first-days", "pdf", date(2026, 11, 24), 1),
        ("first-days", "epub", date(2026, 11, 23), 1),
        ("first-days", "pdf", date(2026, 11, 23), 2),
    ]


@pytest.mark.parametrize("wanted", ["bytes=0-", "bytes=0-9999999", "bytes=x"])
def test_download_of_the_whole_file_by_a_range_is_counted(content, wanted):
    get(Range=wanted)

    assert [row[-1] for row in counted()] == [1]


@pytest.mark.parametrize(
    "ask",
    [
        {"method": "HEAD"},
        {"Range": "bytes=0-1"},
        {"Range": "bytes=100-"},
        {"Range": "bytes=99999999-"},
        {"If-None-Match": "*"},
        {"User-Agent": ""},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "python-requests/2.32"},
        {"User-Agent": "Mozilla/5.0 AppleWebKit HeadlessChrome/126"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
    ],
    ids=str,
)
def test_download_of_a_part_or_by_a_program_is_not_counted(content, ask):
    get(**ask)

    assert counted() == []


def test_download_succeeds_when_it_cannot_be_counted(content, monkeypatch, caplog):
    def trouble(*_args, **_kwargs):
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(DownloadCount.objects, "filter", trouble)

    assert get().body == content


def test_code_of_every_format_fits_the_column_that_counts_it():
    longest = DownloadCount._meta.get_field("file_format").max_length

    assert [each.code for each in FORMATS if len(each.code) > longest] == []

from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError
from django.http import Http404
from django.test import RequestFactory
from django.utils.http import http_date

from articles.ebooks import build, serving
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
    return build.path(edition, "pdf").read_bytes()


def get(file_format="pdf", *, slug="first-days", method="GET", **headers):
    """The answer, read to its end: `body` holds what came."""
    request = RequestFactory(headers={"User-Agent": PHONE} | headers).generic(
        method, "/ebooks/library/t/x"
    )
    response = downloads.download(request, slug=slug, file_format=file_format)
    response.body = b"".join(response) if response.streaming else response.content
    response.close()
    return response


def counted() -> list[tuple]:
    return list(DownloadCount.objects.values_list("ebook", "file_format", "day", "count"))


@pytest.mark.parametrize(
    ("file_format", "kind", "disposition"),
    [
        ("epub", "application/epub+zip", 'attachment; filename="First days - Lake Clinic.epub"'),
        ("pdf", "application/pdf", 'inline; filename="First days - Lake Clinic.pdf"'),
    ],
)
def test_download_is_the_file_with_its_type_and_name(edition, file_format, kind, disposition):
    response = get(file_format)

    expected = build.path(edition, file_format).read_bytes()
    assert (response.status_code, response.body) == (200, expected)
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"] == disposition
    assert response["Content-Length"] == str(len(expected))
    assert response["ETag"] == f'"1-{edition.digest[:16]}"'
    assert response["Last-Modified"] == "Mon, 23 Nov 2026 17:00:00 GMT"
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("title", "practice", "disposition"),
    [
        ("Back: cold/heat?", "A & B", 'inline; filename="Back - cold heat - A & B.pdf"'),
        ("Rücken", "", "inline; filename=\"Rucken.pdf\"; filename*=UTF-8''R%C3%BCcken.pdf"),
        ('a"\r\nSet-Cookie: x', "", 'inline; filename="a Set-Cookie - x.pdf"'),
        (
            "漢字",
            "",
            "inline; filename=\"first-days.pdf\"; filename*=UTF-8''%E6%BC%A2%E5%AD%97.pdf",
        ),
        ("..", "", 'inline; filename="first-days.pdf"'),
        ("\u202efdp.exe", "", 'inline; filename="fdp.exe.pdf"'),
        ("W" * 300, "", f'inline; filename="{"W" * 120}.pdf"'),
    ],
)
def test_download_has_a_name_that_every_system_takes(db, title, practice, disposition):
    make_practice(name=practice)

    assert serving.disposition(Ebook(title=title, slug="first-days"), "pdf") == disposition


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, None),
        ("bytes=-10", -10, None),
        ("bytes=5-999999999", 5, None),
        ("bytes=-999999999", 0, None),
    ],
)
def test_download_gives_the_part_that_is_asked_for(content, wanted, first, last):
    response = get(Range=wanted)

    first = first if first >= 0 else len(content) + first
    last = len(content) - 1 if last is None else last
    assert (response.status_code, response.body) == (206, content[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(content)}"
    assert response["Content-Length"] == str(last + 1 - first)


@pytest.mark.parametrize("wanted", ["bytes=999999999-", "bytes=-0"])
def test_download_refuses_a_part_beyond_the_end(content, wanted):
    response = get(Range=wanted)

    assert (response.status_code, response.body) == (416, b"")
    assert response["Content-Range"] == f"bytes */{len(content)}"


@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=0-1,5-6",
        "bytes=9-3",
        "bytes=",
        "bytes=-",
        "lines=1-2",
        "bytes=x-",
        f"bytes={'9' * 5000}-",
    ],
)
def test_download_answers_an_odd_range_with_the_whole(content, wanted):
    response = get(Range=wanted)

    assert (response.status_code, response.body) == (200, content)


def test_download_goes_on_where_it_broke_off_when_the_file_is_the_same(content):
    etag = get()["ETag"]

    assert get(Range="bytes=9-", **{"If-Range": etag}).status_code == 206
    assert get(Range="bytes=9-", **{"If-Range": get()["Last-Modified"]}).status_code == 206


@pytest.mark.parametrize("validator", ['"other"', "Sun, 22 Nov 2026 17:00:00 GMT"])
def test_download_starts_again_when_the_file_is_another(content, validator):
    response = get(Range="bytes=9-", **{"If-Range": validator})

    assert (response.status_code, response.body) == (200, content)


def test_download_starts_again_when_the_validator_is_weak(content):
    response = get(Range="bytes=9-", **{"If-Range": "W/" + get()["ETag"]})

    assert response.status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("shape", ["{}", 'W/{}, "x"', '"x", {}', "*"])
def test_download_is_not_sent_twice(edition, method, shape):
    etag = f'"1-{edition.digest[:16]}"'

    response = get(method=method, **{"If-None-Match": shape.format(etag)})

    assert (response.status_code, response.body) == (304, b"")
    assert response["ETag"] == etag


def test_download_is_sent_when_the_edition_moved(content):
    assert get(**{"If-None-Match": '"0-old"'}).status_code == 200
    assert get(**{"If-Modified-Since": "Sun, 22 Nov 2026 17:00:00 GMT"}).status_code == 200
    assert get(**{"If-Modified-Since": "Mon, 23 Nov 2026 17:00:00 GMT"}).status_code == 304
    assert get(**{"If-Match": '"0-old"'}).status_code == 412


def test_download_head_says_what_a_get_would(content):
    head, whole = get(method="HEAD", Range="bytes=0-9"), get()

    names = ["Content-Type", "Content-Length", "Content-Disposition", "ETag", "Accept-Ranges"]
    assert (head.status_code, head.body) == (200, b"")
    assert [head[name] for name in names] == [whole[name] for name in names]


def test_download_of_a_book_never_built_builds_it(edition):
    make_ebook(make_section(make_article(slug="b")), slug="new", title="New")

    assert get(slug="new").body[:5] == b"%PDF-"


def test_download_of_a_lost_file_makes_it_again(edition, content):
    build.path(edition, "pdf").unlink()

    assert get().body == content


def test_download_of_a_book_that_cannot_be_built_says_so(edition, monkeypatch):
    build.path(edition, "pdf").unlink()

    def fail(*_args):
        raise build.BuildError("no room")

    monkeypatch.setattr(build, "build", fail)
    with pytest.raises(build.BuildError, match="no room"):
        get()


def test_download_of_the_practices_own_file(edition):
    Ebook.objects.get().upload_pdf.save("own name.pdf", ContentFile(b"%PDF-own"))

    response = get()

    assert response.body == b"%PDF-own"
    assert response["Content-Disposition"] == 'inline; filename="First days - Lake Clinic.pdf"'
    assert get(Range="bytes=5-7").body == b"own"
    assert get(**{"If-None-Match": response["ETag"]}).status_code == 304


def test_download_of_an_own_file_in_a_storage_without_a_disk(edition, settings):
    """As object storage is: names and bytes, and no path."""
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"default": memory}
    Ebook.objects.get().upload_pdf.save("own.pdf", ContentFile(b"%PDF-own"))

    assert get().body == b"%PDF-own"
    assert get(Range="bytes=5-7").body == b"own"


def test_download_of_an_own_file_that_is_lost_is_the_built_one(edition, content, caplog):
    Ebook.objects.update(upload_pdf="ebooks/gone.pdf")

    assert get().body == content


def test_download_of_a_withdrawn_book(edition):
    Ebook.objects.update(is_published=False)

    with pytest.raises(downloads.WithdrawnError):
        get()


@pytest.mark.parametrize("slug", ["none", "..", "1-1"])
def test_download_of_what_is_no_book(edition, slug):
    with pytest.raises(Http404):
        get(slug=slug)


def test_download_is_counted_by_book_format_and_day(edition, time_machine):
    for file_format in ("pdf", "pdf", "epub"):
        get(file_format)
    time_machine.move_to("2026-11-25 04:30 +0000")  # the 24th in Detroit
    get()

    assert counted() == [
        ("first-days", "pdf", date(2026, 11, 24), 1),
        ("first-days", "epub", date(2026, 11, 23), 1),
        ("first-days", "pdf", date(2026, 11, 23), 2),
    ]


@pytest.mark.parametrize("wanted", ["bytes=0-", "bytes=0-9999999", "bytes=x"])
def test_download_of_the_whole_by_a_range_is_counted(content, wanted):
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
def test_download_that_is_no_persons_whole_one_is_not_counted(content, ask):
    get(**ask)

    assert counted() == []


def test_download_goes_on_when_it_cannot_be_counted(content, monkeypatch, caplog):
    def trouble(*_args, **_kwargs):
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(DownloadCount.objects, "filter", trouble)

    assert get().body == content


def test_download_of_a_pdf_may_be_shown_by_the_browser(edition):
    policy = get()["Content-Security-Policy"]

    assert policy == "default-src 'none'; object-src 'self'; frame-ancestors 'none'"
    assert "Content-Security-Policy" not in get("epub")


def test_download_is_dated_as_its_edition(edition):
    assert get()["Last-Modified"] == http_date(datetime(2026, 11, 23, 17, tzinfo=UTC).timestamp())

"""Conditions and ranges, as download managers and broken connections send them (RFC 9110)."""

import pytest


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
def test_download_sends_the_requested_range(content, wanted, first, last, fetch):
    response = fetch(Range=wanted)

    first = first if first >= 0 else len(content) + first
    last = len(content) - 1 if last is None else last
    assert (response.status_code, response.body) == (206, content[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(content)}"
    assert response["Content-Length"] == str(last + 1 - first)


@pytest.mark.parametrize("wanted", ["bytes=999999999-", "bytes=-0"])
def test_download_refuses_a_range_beyond_the_end(content, wanted, fetch):
    response = fetch(Range=wanted)

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
def test_download_answers_an_odd_range_with_the_whole_file(content, wanted, fetch):
    response = fetch(Range=wanted)

    assert (response.status_code, response.body) == (200, content)


def test_download_continues_when_the_file_is_the_same(content, fetch):
    whole = fetch()

    for name in ("ETag", "Last-Modified"):
        response = fetch(Range="bytes=9-", **{"If-Range": whole[name]})
        assert (response.status_code, response.body) == (206, content[9:])


@pytest.mark.parametrize("validator", ['"other"', "Sun, 22 Nov 2026 17:00:00 GMT"])
def test_download_starts_again_when_the_file_has_changed(content, validator, fetch):
    response = fetch(Range="bytes=9-", **{"If-Range": validator})

    assert (response.status_code, response.body) == (200, content)


def test_download_starts_again_when_the_validator_is_weak(content, fetch):
    response = fetch(Range="bytes=9-", **{"If-Range": "W/" + fetch()["ETag"]})

    assert (response.status_code, response.body) == (200, content)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("shape", ["{}", 'W/{}, "x"', '"x", {}', "*"])
def test_download_is_not_sent_when_the_reader_has_this_version(edition, method, shape, fetch):
    etag = f'"1-{edition.digest[:16]}"'

    response = fetch(method=method, **{"If-None-Match": shape.format(etag)})

    assert (response.status_code, response.body) == (304, b"")
    assert response["ETag"] == etag


@pytest.mark.parametrize(
    ("condition", "value", "status"),
    [
        ("If-None-Match", '"0-old"', 200),
        ("If-Modified-Since", "Sun, 22 Nov 2026 17:00:00 GMT", 200),
        ("If-Modified-Since", "Mon, 23 Nov 2026 17:00:00 GMT", 304),
        ("If-Match", '"0-old"', 412),
    ],
)
def test_download_is_sent_when_the_edition_is_another(content, fetch, condition, value, status):
    response = fetch(**{condition: value})

    assert response.status_code == status
    assert response.body == (content if status == 200 else b"")


def test_download_head_has_the_headers_of_a_get(content, fetch):
    head, whole = fetch(method="HEAD", Range="bytes=0-9"), fetch()

    names = ["Content-Type", "Content-Length", "Content-Disposition", "ETag", "Accept-Ranges"]
    assert (head.status_code, head.body) == (200, b"")
    assert [head[name] for name in names] == [whole[name] for name in names]

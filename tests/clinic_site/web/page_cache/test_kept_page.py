import gzip

import brotli
import pytest

from clinic_site.web.page_cache.kept_page import accepted_encoding


@pytest.mark.parametrize(
    ("accepts", "encoding", "decode"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("", None, bytes),
    ],
)
def test_page_is_answered_in_the_encoding_asked_for(edge, accepts, encoding, decode):
    answer = edge.get(HTTP_ACCEPT_ENCODING=accepts)

    assert answer["headers"].get("Content-Encoding") == encoding
    assert answer["headers"]["Content-Length"] == str(len(answer["body"]))
    assert answer["headers"]["Vary"] == "Accept-Encoding"
    assert decode(answer["body"]) == edge.words


def test_page_has_one_weak_etag_for_all_encodings(edge):
    """By RFC 9110, 8.8.3, a strong ETag would have to differ for each compression."""
    etags = {edge.get(HTTP_ACCEPT_ENCODING=name)["headers"]["ETag"] for name in ("br", "gzip", "")}

    (etag,) = etags
    assert etag.startswith('W/"')


@pytest.mark.parametrize("way", ["{}", 'W/"x", {}', "{0}, {0}", "*"])
@pytest.mark.parametrize("prefix", ["W/", ""])
def test_page_is_not_sent_to_those_who_have_it(edge, way, prefix):
    """A proxy may have removed the W/ in front of the ETag, or added it again."""
    etag = edge.get()["headers"]["ETag"]

    answer = edge.get(HTTP_IF_NONE_MATCH=way.format(prefix + etag.removeprefix("W/")))

    assert (answer["status"], answer["body"]) == ("304 Not Modified", b"")
    assert answer["headers"] == {
        "Cache-Control": "public, max-age=0",
        "ETag": etag,
        "Vary": "Accept-Encoding",
    }


@pytest.mark.parametrize("wanted", ['W/"x"', '"', "x", "", '"*"'])
def test_page_is_sent_to_those_who_have_another(edge, wanted):
    assert edge.get(HTTP_IF_NONE_MATCH=wanted)["body"] == edge.words


def test_page_that_was_edited_is_sent_to_those_who_have_the_former(edge):
    etag = edge.get()["headers"]["ETag"]
    edge.version, edge.now = 2, 1.0

    answer = edge.get(HTTP_IF_NONE_MATCH=etag)

    assert (answer["status"], answer["body"]) == ("200 OK", edge.words)


def test_picture_is_sent_as_it_is_and_can_be_revalidated(edge):
    edge.headers = [("Content-Type", "image/png"), ("Cache-Control", "public, max-age=0")]
    picture = edge.get(HTTP_ACCEPT_ENCODING="br")

    again = edge.get(HTTP_IF_NONE_MATCH=picture["headers"]["ETag"])

    assert "Content-Encoding" not in picture["headers"]
    assert picture["body"] == edge.words
    assert again["status"] == "304 Not Modified"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("br", "br"),
        ("GZIP", "gzip"),
        ("identity", ""),
        ("br; q=0.0,gzip", "gzip"),
        ("deflate, *", ""),
    ],
)
def test_accepted_encoding(header, expected):
    assert accepted_encoding(header) == expected


def test_accepted_encoding_is_one_on_offer():
    assert accepted_encoding("br, gzip", offered=["gzip", ""]) == "gzip"

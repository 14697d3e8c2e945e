from datetime import date

import pytest
from django.test import RequestFactory

from clinic_site.web import visitor

TODAY = date(2026, 11, 23)


def key(remote="203.0.113.7", forwarded=None, day=TODAY):
    meta = {"REMOTE_ADDR": remote} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    return visitor.visitor_key(RequestFactory().get("/", **meta), day)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("203.0.113.7", "64:ff9b::203.0.113.7", True),
        ("64:ff9b::203.0.113.7", "64:ff9b::203.0.113.8", False),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
        ("fe80::1", "fe80::2%eth0", True),
        ("0.0.0.1", "::1", False),
        ("", "203.0.113.7", False),
    ],
)
def test_visitor_is_an_ipv4_address_or_an_ipv6_64(one, other, is_same):
    assert (key(one) == key(other)) is is_same


def test_visitor_key_changes_every_day():
    today, tomorrow = key(), key(day=date(2026, 11, 24))

    assert (len(today), len(tomorrow)) == (64, 64)
    assert today != tomorrow


def test_visitor_key_depends_on_the_secret_key(settings):
    before = key()
    settings.SECRET_KEY = "another-key-" * 6

    assert key() != before


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counts_as"),
    [
        (0, "198.51.100.1", "203.0.113.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "9.9.9.9, 198.51.100.1", "198.51.100.1"),
        (2, "9.9.9.9, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.7"),
        (1, "9.9.9.9, unknown", "203.0.113.7"),
        (1, "9.9.9.9, ", "203.0.113.7"),
        (1, "<script>", "203.0.113.7"),
        (1, None, "203.0.113.7"),
    ],
)
def test_visitor_is_what_the_last_trusted_proxy_saw(settings, proxies, forwarded, counts_as):
    settings.TRUSTED_PROXIES = proxies

    assert key(forwarded=forwarded) == key(counts_as)


@pytest.mark.parametrize(
    ("hop", "counts_as"),
    [
        ("203.0.113.9:50123", "203.0.113.9"),
        ("  203.0.113.9:1 ", "203.0.113.9"),
        ('"203.0.113.9:50123"', "203.0.113.9"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0:1:2:3:4:5", "2001:db8:0:1::"),
        ("2001:db8:0:1:2:3:4:5:50123", "2001:db8:0:1::"),
        ("2001:db8:0:1::1%eth0", "2001:db8:0:1::"),
        ("[fe80::1%25eth0]:443", "fe80::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[::ffff:203.0.113.9]:50123", "203.0.113.9"),
        ("[::FFFF:CB00:7109]:50123", "203.0.113.9"),
        ("::ffff:203.0.113.9:50123", "203.0.113.9"),
        ("64:ff9b::203.0.113.9:1", "203.0.113.9"),
    ],
)
@pytest.mark.parametrize("typed", ["", "9.9.9.9, ", "9.9.9.9:443,unknown, "])
def test_visitor_is_found_in_whatever_way_a_proxy_writes_it(
    settings, caplog, typed, hop, counts_as
):
    settings.TRUSTED_PROXIES = 1

    found = key(forwarded=typed + hop)

    assert caplog.messages == []
    settings.TRUSTED_PROXIES = 0
    assert found == key(counts_as)


@pytest.mark.parametrize(
    "hop",
    [
        "unknown",
        "_hidden",
        "",
        " ",
        ":",
        ":443",
        "203.0.113.9:",
        "203.0.113.9:x",
        "203.0.113",
        "[",
        "[]:443",
        "2001:db8::1::2",
        "203.0.113.9 50123",
        "٢٠٣.0.113.9",
        "<script>",
    ],
)
def test_visitor_that_no_proxy_tells_is_noted_in_the_log(settings, caplog, hop):
    settings.TRUSTED_PROXIES = 1

    found = key(forwarded=f"9.9.9.9, {hop}")

    settings.TRUSTED_PROXIES = 0
    assert found == key("203.0.113.7")
    assert caplog.messages == [
        "X-Forwarded-For does not tell who the visitor is; see TRUSTED_PROXIES"
    ]


def test_visitor_that_came_past_a_proxy_is_noted_in_the_log(settings, caplog):
    settings.TRUSTED_PROXIES = 2

    key(forwarded="198.51.100.1")

    assert len(caplog.messages) == 1


def test_visitor_without_a_proxy_notes_nothing(caplog):
    key(forwarded="unknown")

    assert caplog.messages == []


def test_visitor_key_as_address_is_a_private_address_that_is_not_the_visitors(rf):
    found = visitor.visitor_key_as_address(rf.get("/", REMOTE_ADDR="fd00::1"))

    assert found.startswith("fd")
    assert found != "fd00::1"
    assert found == visitor.visitor_key_as_address(rf.get("/", REMOTE_ADDR="fd00::2"))

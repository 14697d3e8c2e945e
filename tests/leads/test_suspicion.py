from datetime import timedelta

import pytest
from django.utils import timezone

from leads import suspicion
from tests.factories import make_request


def reasons(**changes):
    return suspicion.reasons(**{"honeypot": "", "name": "Ann Lee"} | changes)


@pytest.mark.parametrize(
    "name",
    ["Ann", "O’Neil", "José María", "李小龙", "Иван", "Иван Ivan", "Ann 248-555-0123", "J. R. Lee"],
)
def test_suspicion_has_nothing_against_honest_names(name):
    assert reasons(name=name) == ""


@pytest.mark.parametrize("name", ["Anna.Ru", "St. John.Com", "Dr. O’Neil.Ru", "Anna-Maria.Ru."])
def test_suspicion_takes_two_names_without_a_space_for_no_link(name):
    assert reasons(name=name) == ""


@pytest.mark.parametrize(
    "name", ["buy.example.com", "www.buy", "http:x", "anna.ru", "Buy.com", "Buy24.Com", "Buy.Com/x"]
)
def test_suspicion_finds_a_link_in_a_name(name):
    assert reasons(name=name) == "there is a link in the name"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"honeypot": "x"}, "the hidden field was filled in"),
        ({"name": "see www.buy.example"}, "there is a link in the name"),
        ({"name": "Аnna"}, "the name mixes alphabets within a word"),
        ({"note": "[URL=http://a.example]a[/url]"}, "the note has links marked up for a forum"),
        ({"note": '<a href="x">a</a>'}, "the note has links marked up for a forum"),
        ({"note": "a.com b.com c.com d.com"}, "the note has more than 3 links"),
    ],
)
def test_suspicion_names_what_honest_people_do_not_do(changes, found):
    assert reasons(**changes) == found


@pytest.mark.parametrize("honeypot", ["", " ", "Ann Lee", "ann@example.com"])
def test_suspicion_forgives_a_password_manager(db, honeypot):
    assert reasons(honeypot=honeypot, name="Ann Lee", email="Ann@Example.com") == ""


def test_suspicion_leaves_a_note_with_three_links_alone():
    assert reasons(note="a.com b.com https://c.example") == ""


@pytest.mark.parametrize("who", [{"phone": "+12485550123"}, {"email": "ANN@example.com"}])
def test_suspicion_sees_requests_faster_than_anybody_types(db, who):
    now = timezone.now()
    for n in range(19):
        make_request(digest=f"{n}", received_at=now - timedelta(seconds=n / 4))

    assert reasons(**who) == ""
    make_request(digest="one more", received_at=now)
    assert reasons(**who) == "requests came faster than anybody types"
    assert reasons(phone="+12485550999", email="bo@example.com") == ""


def test_suspicion_forgets_speed_after_ten_seconds_and_after_a_clock_jump(db):
    now = timezone.now()
    for n in range(40):
        seconds = 11 if n % 2 else -3600
        make_request(digest=f"{n}", received_at=now - timedelta(seconds=seconds))

    assert reasons(phone="+12485550123") == ""

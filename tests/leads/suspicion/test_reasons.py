import time
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leads.models import ConsultationRequest
from leads.suspicion import reasons
from tests.factories import make_request
from tests.leads import data

TYPED = {
    "name": "Ann-Marie O'Lee",
    "phone": "+12485550123",
    "phone_typed": "(248) 555-0123 x12",
    "email": "ann.lee@example.com",
    "note": "My back hurts.",
}


def reasons_for(**changes):
    return reasons.find_reasons(**{"honeypot": "", "name": "Ann Lee"} | changes)


# Posts of people are not held back.


def test_suspicion_holds_back_no_name_of_any_culture():
    found = {name: reasons_for(name=name) for name in data.names()}

    assert len(found) >= 300
    assert {name: reason for name, reason in found.items() if reason} == {}


def test_suspicion_holds_back_no_honest_note():
    found = {note: reasons_for(note=note) for note in data.honest_notes()}

    assert len(found) >= 60
    assert {note: reason for note, reason in found.items() if reason} == {}


@pytest.mark.parametrize(
    "name",
    [
        "Иван Ivan", "Ann 248-555-0123", "Anna.Ru", "St. John.Com", "Dr. O’Neil.Ru",
        "Anna-Maria.Ru.", "ann.wang", "Lee.MBA", "ann.lee@example.com", "Ann <ann@example.com>",
        "Иvan", "Nguyen Thi-Loan", "JoAnnMcGrath", "mCdONALD", "asdf", "X", "test test",
    ],
)  # fmt: skip
def test_suspicion_accepts_odd_ways_to_type_a_name(name):
    assert reasons_for(name=name) == ""


# Of twenty posts of bots, nineteen are held back.


def test_suspicion_holds_back_nineteen_of_twenty_posts_of_spam():
    posts = data.spam()

    missed = [post for post in posts if not reasons_for(**post)]

    assert len(posts) >= 60
    assert len(missed) <= len(posts) / 20, missed


@pytest.mark.parametrize(
    "name",
    [
        "buy.example.com", "www.buy", "http:x", "anna.ru", "Buy.com", "Buy24.Com", "Buy.Com/x",
        "see www.buy.example", "hxxp://a.example", "pills[.]shop", "t.me/pills",
        "https%3A%2F%2Fa.example", "пример.рф",
    ],
)  # fmt: skip
def test_suspicion_finds_a_link_in_a_name(name):
    assert "there is a link in the name" in reasons_for(name=name)


@pytest.mark.parametrize(
    "name",
    ["Аnna", "Αnna", "Jοhn", "Νick Lee", "rоbert", "Sսsan", "Ꮪmith", "Aｎna", "𝐀nna", "Ёlena"],
)
def test_suspicion_finds_letters_that_look_like_latin_ones(name):
    assert reasons_for(name=name) == "the name mixes alphabets within a word"


@pytest.mark.parametrize("name", ["KJhsdfUYg", "vKQOqwYxLcHfmnD", "Ann DTqkXWfRzaRbpxy"])
def test_suspicion_finds_random_letters(name):
    assert reasons_for(name=name) == "the name is random letters"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"honeypot": "x"}, "the hidden field was filled in"),
        ({"note": "[URL=http://a.example]a[/url]"}, "the note has links marked up for a forum"),
        ({"note": '<a href="x">a</a>'}, "the note has links marked up for a forum"),
        ({"note": "<img border=0 src=x>"}, "the note has links marked up for a forum"),
        ({"note": "a.com b.com c.com d.com"}, "the note has more than 3 links"),
        ({"note": "Hеllо, cаll mаny"}, "the note mixes alphabets within words"),
        ({"note": "vKQOqwYxLcHfmnD"}, "the note is random letters"),
        (
            {"note": "We build backlinks. Interested? Reply for a free audit: https://a.example"},
            "it reads like an advertisement: search ranking",
        ),
    ],
)
def test_suspicion_names_what_honest_people_do_not_do(changes, found):
    assert reasons_for(**changes) == found


# Only links count, not text that looks like one.


@pytest.mark.parametrize(
    "note",
    [
        "a.com b.com https://c.example",
        "https://l.example/?q=https://www.a.example/x&r=https%3A%2F%2Fb.example and that is all",
        "https://a.com https://b.com https://c.com https://l.example/?u=https%3A%2F%2Fwww.a.com",
        "a.com http://a.com https://www.a.com/ <A.com> [a.com](https://a.com) hxxp://a[.]com",
        "ann@a.com bo@b.com cy@c.com di@d.com",
        "Call me.\n\nAnn Lee, office manager\nann@a.com, (248) 555-0123\na.com b.com c.com\nd.com",
        "Call me.\nKind regards,\nAnn\nhttps://a.com https://b.com\nhttps://c.com https://d.com",
        "my back hurts.it began monday.my wife drives.so i come.is that ok.no rush.to be seen",
    ],
)
def test_suspicion_counts_one_address_once_and_none_of_a_signature(note):
    assert reasons_for(note=note) == ""


def test_suspicion_counts_the_links_of_a_signature_with_many():
    links = "\n".join(f"https://{letter}.example" for letter in "abcdefg")

    assert reasons_for(note=f"Look.\nThanks\n{links}") == "the note has more than 3 links"


@pytest.mark.parametrize("note", ["the [link] is dead", "the <link> too", "[url] as well"])
def test_suspicion_does_not_count_words_in_brackets_as_links(note):
    assert reasons_for(note=note) == ""


# A browser fills the hidden field with a value of another field; a bot does not.


@pytest.mark.parametrize(
    "honeypot",
    [
        "", " ", "Ann-Marie O'Lee", "ANN-MARIE", "O’Lee", "olee", "O'Lee, Ann Marie", "AnnMarie",
        "Ann-Marie Louise O'Lee", "2485550123", "+1 248-555-0123", "(248) 555-0123 ext. 12",
        "555-0123", "248", "Ann.Lee@Example.com", "ann.lee", "annlee", "my back hurts",
        "ann.lee@exmaple.com",
    ],
)  # fmt: skip
def test_suspicion_accepts_a_hidden_field_that_a_browser_filled_in(db, honeypot):
    assert reasons_for(honeypot=honeypot, **TYPED) == ""


@pytest.mark.parametrize(
    "honeypot",
    [
        "x", "-", "1", "12", "on", "Bo", "Ann http://a.example", "https://example.com",
        "248-555-0199", "bo@example.com", "My back",
    ],
)  # fmt: skip
def test_suspicion_finds_a_hidden_field_with_a_value_of_its_own(db, honeypot):
    assert reasons_for(honeypot=honeypot, **TYPED) == "the hidden field was filled in"


# Requests that come very fast.


@pytest.mark.parametrize("who", [{"phone": "+12485550123"}, {"email": "ANN@example.com"}])
def test_suspicion_finds_requests_faster_than_a_person_types(db, who):
    now = timezone.now()
    for n in range(19):
        make_request(digest=f"{n}", received_at=now - timedelta(seconds=n / 4))

    assert reasons_for(**who) == ""
    make_request(digest="one more", received_at=now)
    assert reasons_for(**who) == "requests came faster than anybody types"
    assert reasons_for(phone="+12485550999", email="bo@example.com") == ""


def test_suspicion_counts_no_request_older_than_ten_seconds_or_in_the_future(db):
    now = timezone.now()
    for n in range(40):
        seconds = 11 if n % 2 else -3600
        make_request(digest=f"{n}", received_at=now - timedelta(seconds=seconds))

    assert reasons_for(phone="+12485550123") == ""


# Any text.


def test_all_reasons_together_fit_into_the_column(db):
    for n in range(20):
        make_request(digest=f"{n}")
    everything = reasons_for(
        honeypot="x",
        name="Аnna KJhsdfUYg www.a.example",
        note="[url=a] Неllо wе cаll аgain: your false invoice is overdue, pay it here now " * 3
        + "a.com b.com c.com d.com https://bit.ly/x",
        phone="+12485550123",
    )

    assert len(everything.split("; ")) >= 7
    longest = max(map(len, reasons.pitches.PHRASES["wares"]))
    spare = ConsultationRequest._meta.get_field("suspicion").max_length - len(everything)
    assert spare >= longest + len("; the note is random letters")


@given(st.text(max_size=80), st.text(max_size=200))
def test_suspicion_reads_any_text_without_an_error(name, note):
    assert isinstance(reasons_for(name=name, note=note, honeypot=note[:30]), str)


@pytest.mark.parametrize("part", ["1", "1 ", "a.", "my ", "we ", "[", "<a ", "http:", "$1", "a@"])
def test_suspicion_reads_hostile_text_as_fast_as_other_text(part):
    def seconds(note):
        began = time.process_time()
        reasons_for(note=note[:1000], honeypot=note[:1000])
        return time.process_time() - began

    ordinary = min(seconds("My back went out on Monday. " * 40) for _ in range(3))

    assert seconds(part * 1000) < 20 * ordinary

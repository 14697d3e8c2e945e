"""Types odd characters, and any text, into every field of every public form."""

from uuid import uuid4

import pytest
from django.core.mail.message import sanitize_address
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads import limits, mail
from leads.forms import ConsultationRequestForm, EbookSignupForm, NewLinkForm
from leads.models import ConsultationRequest, EbookSignup, OutgoingMail
from tests.factories import make_practice

INVALID = "Enter an email address like name@example.com"
TOO_LONG = "Email address must be 254 characters or fewer"
PLAIN = "Use only plain letters a to z, digits and signs before the @."
REQUEST = {"name": "Ann", "phone": "2485550123", "best_time": "any"}


@pytest.fixture(autouse=True)
def _practice(db, monkeypatch):
    make_practice(news_consent_text="Send me news.")
    for form in (EbookSignupForm, ConsultationRequestForm, NewLinkForm):
        limit = limits.Limit(form.limit.kind, per_client=10**6, per_person=10**6)
        monkeypatch.setattr(form, "limit", limit)
    monkeypatch.setattr(limits, "REPEATS", 10**6)
    # Hypothesis seeds `random` for every example, so two mails within 10 ms could get the same id.
    monkeypatch.setattr(mail, "make_msgid", lambda domain: f"<{uuid4()}@{domain}>")


@pytest.mark.parametrize(
    ("typed", "stored", "key"),
    [
        ("Ann@Example.com", "Ann@Example.com", "ann@example.com"),
        (" ann\u200b@exam\u00adple.com\ufeff ", "ann@example.com", "ann@example.com"),
        ("x@MÜNCHEN.de", "x@xn--mnchen-3ya.de", "x@xn--mnchen-3ya.de"),
        ("X@xn--mnchen-3ya.de", "X@xn--mnchen-3ya.de", "x@xn--mnchen-3ya.de"),
    ],
)
def test_email_address_is_kept_as_typed_and_compared_in_one_spelling(client, typed, stored, key):
    response = client.post("/ebooks/", {"first_name": "Ann", "email": typed})

    assert response.status_code == 303
    signup = EbookSignup.objects.get()
    assert (signup.email, signup.email_key) == (stored, key)
    queued = OutgoingMail.objects.get()
    assert (queued.to, queued.to_key) == (stored, key)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("ro\u017fe@example.com", PLAIN),
        ("\u212aim@example.com", PLAIN),
        ("josé@example.com", PLAIN),
        ("ann@localhost", INVALID),
        ("ann@[127.0.0.1]", INVALID),
        ("ann@[::1]", INVALID),
        ('"ann"@example.com', INVALID),
        ("ann@b\uff20example.com", INVALID),  # becomes ann@b@example.com
        ("ann@xn--é.com", INVALID),
        ("ann@" + "é" * 63 + ".com", INVALID),
        ("a@" + ".".join(["ß" * 30] * 7) + ".com", TOO_LONG),
    ],
)
def test_address_that_names_no_mailbox_is_refused(client, typed, message):
    response = client.post("/ebooks/", {"first_name": "Ann", "email": typed})

    assert response.status_code == 422
    assert response.context["form"].errors == {"email": [message]}


def test_email_address_too_long_for_its_correction_is_taken_as_typed(client):
    email = "a" * 245 + "@gmil.com"

    response = client.post("/ebooks/", {"first_name": "Ann", "email": email, "take_email": "1"})

    assert response.status_code == 303
    assert EbookSignup.objects.get().email == email


@pytest.mark.parametrize("name", ["\u200b", "\u3164", " \u2060\u115f\uffa0 ", "\u2800", "\u034f"])
def test_name_of_invisible_characters_counts_as_missing(client, name):
    response = client.post("/consultation/", REQUEST | {"name": name})

    assert response.status_code == 422
    assert response.context["form"].errors == {"name": ["Enter your name"]}


@pytest.mark.parametrize("name", ["نرگس\u200cسادات", "क्\u200dष", "e\u0301lise"])
def test_name_keeps_the_joiners_it_is_spelt_with(client, name):
    assert client.post("/consultation/", REQUEST | {"name": name}).status_code == 303
    assert ConsultationRequest.objects.get().name == name


def test_phone_may_have_tabs(client):
    assert client.post("/consultation/", REQUEST | {"phone": "248\t555\t0123"}).status_code == 303
    row = ConsultationRequest.objects.get()
    assert (row.phone, row.phone_typed) == ("+12485550123", "248 555 0123")


def test_request_with_an_invisible_phone_and_address_is_refused(client):
    response = client.post("/consultation/", REQUEST | {"phone": "\u200b", "email": "\u200b"})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "phone": ["Enter a phone number or an email address, so we can reach you"]
    }


FORMS = {
    "/ebooks/": {"first_name": "Ann", "email": "ann@example.com", "wants_news": "on"},
    "/consultation/": REQUEST | {"email": "ann@example.com", "note": "Hi", "voicemail_ok": "on"},
    "/ebooks/link/": {"email": "ann@example.com"},
}
ALSO = ("website", "page", "keep_email", "take_email", "news_version", "keep_phone", "take_phone")
words = st.text(max_size=40)
odd = st.text(st.sampled_from('ſKßİé\u200b\u3164\u202e\t\r\n\x00\ufffd＠。.@-"[] 1(a'), max_size=12)
addresses = st.tuples(st.just("a") | odd | words, odd | words, st.sampled_from(["com", "ß", "con"]))
numbers = ["248-555-0123", "+44 20 7946 0018", "12", "+248 255 0123", "844-2665 248", "555-1234567"]
phones = st.tuples(odd, st.sampled_from(numbers), odd)
texts = st.one_of(
    words,
    odd,
    addresses.map(lambda parts: f"{parts[0]}@{parts[1]}.{parts[2]}"),
    phones.map("".join),
    st.tuples(words, st.integers(1, 1100))
    .map(lambda pair: pair[0] * pair[1])
    .map(lambda t: t[:1100]),
)


def assert_fits(row):
    """SQLite stores text that is too long for its column or has a NUL; PostgreSQL refuses both."""
    for field in row._meta.concrete_fields:
        value = str(getattr(row, field.attname))
        assert "\0" not in value
        assert field.max_length is None or len(value) <= field.max_length, field.name


@pytest.mark.parametrize(
    ("path", "field"), [(path, field) for path in FORMS for field in (*FORMS[path], *ALSO)]
)
@settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(typed=texts)
def test_any_text_in_any_field_is_taken_or_refused(client, path, field, typed):
    response = client.post(path, FORMS[path] | {field: typed})

    assert response.status_code in {303, 422, 429}
    for model in (EbookSignup, ConsultationRequest, OutgoingMail):
        if row := model.objects.order_by("-pk").first():
            assert_fits(row)
            if model is OutgoingMail:
                assert sanitize_address(row.to, "utf-8").isascii()


@pytest.mark.parametrize(
    ("path", "field"), [(path, field) for path in FORMS for field in (*FORMS[path], *ALSO)]
)
@settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(typed=texts)
def test_any_text_of_a_refused_form_is_shown_again(client, path, field, typed):
    headers = {"sec-fetch-site": "cross-site"}

    response = client.post(path, FORMS[path] | {field: typed}, headers=headers)

    assert response.status_code == 403
    assert "What you typed is below." in response.text
    assert 'name="website"' in response.text


KINDS = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=latin-1",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "application/json",
    "",
]
PARTS = [
    b"--b\r\n",
    b"Content-Disposition: form-data; name=email\r\n\r\n",
    b"a@b.co",
    b"--b--",
    b"=",
]
bodies = st.lists(st.binary(max_size=40) | st.sampled_from(PARTS), max_size=12).map(b"".join)


@pytest.mark.parametrize("path", [*FORMS, "/news/unsubscribe/x/", "/my-data/x/", "/mail-events/"])
@settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    body=bodies,
    kind=st.sampled_from(KINDS),
    headers=st.sampled_from([{}, {"origin": "https://evil.example"}]),
)
def test_any_body_of_any_type_is_answered_without_a_crash(client, path, body, kind, headers):
    response = client.generic("POST", path, body, content_type=kind, headers=headers)

    assert response.status_code < 500
    assert not EbookSignup.objects.exists()
    assert not ConsultationRequest.objects.exists()


@pytest.mark.parametrize("path", FORMS)
def test_form_has_no_maxlength_by_which_a_browser_cuts_pasted_text(client, path):
    assert "maxlength" not in client.get(path).text
    assert "maxlength" not in client.post(path, {"email": "a"}).text

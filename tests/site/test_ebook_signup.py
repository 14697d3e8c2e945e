import re

import pytest

from leads.models import EbookSignup, OutgoingMail
from tests.factories import make_article, make_ebook, make_practice, make_section, make_signup
from tests.running_site import free_port

GOOD = {"first_name": "Ann", "email": "Ann@Example.com", "website": "", "page": "/ebooks/"}


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.")


def test_ebook_signup_get_shows_a_blank_form(client):
    make_ebook(make_section(make_article()))

    response = client.get("/ebooks/")

    assert response.status_code == 200
    assert 'name="first_name"' in response.text
    assert response.context["form"].is_bound is False
    assert response["Cache-Control"] == ("public, max-age=0, s-maxage=1, stale-while-revalidate=1")
    assert response.cookies == {}


def test_ebook_signup_is_stored_and_opens_the_library_immediately(client):
    response = client.post("/ebooks/", GOOD)

    assert response.status_code == 303
    assert response["Location"].startswith("/ebooks/library/")
    assert client.get(response["Location"]).status_code == 200
    signup = EbookSignup.objects.get()
    assert (signup.first_name, signup.email, signup.email_key, signup.page) == (
        "Ann",
        "Ann@Example.com",
        "ann@example.com",
        "/ebooks/",
    )


def test_ebook_signup_queues_the_mail_with_the_link(client):
    client.post("/ebooks/", GOOD)

    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.state) == ("library_link", "Ann@Example.com", "queued")
    assert mail.subject == "Your ebooks about back spasms"
    assert "http://127.0.0.1:8000/ebooks/library/" in mail.text


def test_ebook_signup_opens_the_library_with_the_mail_server_down(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    response = client.post("/ebooks/", GOOD)

    assert response.status_code == 303
    assert client.get(response["Location"]).status_code == 200
    assert OutgoingMail.objects.get().state == "queued"


def test_ebook_signup_asks_for_what_is_missing(client):
    response = client.post("/ebooks/", {})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "first_name": ["Enter your first name"],
        "email": ["Enter your email address"],
    }
    assert EbookSignup.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("first_name", "A" * 81, "First name must be 80 characters or fewer"),
        ("first_name", "Ann\r\nBcc: x@example.com", "Use one line without special characters."),
        ("first_name", "Ann\x00", "Type this again: some characters did not arrive."),
        ("first_name", "Ann\ufffd", "Type this again: some characters did not arrive."),
        ("email", "ann", "Enter an email address like name@example.com"),
        ("email", "a@example.com, b@example.com", "Enter an email address like name@example.com"),
        ("email", "a" * 250 + "@example.com", "Email address must be 254 characters or fewer"),
    ],
)
def test_ebook_signup_says_what_to_do_about_bad_input(client, field, value, message):
    response = client.post("/ebooks/", GOOD | {field: value})

    assert response.status_code == 422
    assert message in response.context["form"].errors[field]
    assert response.context["form"][field].value() == value
    assert EbookSignup.objects.count() == 0


def test_ebook_signup_takes_the_longest_name_and_address(client):
    email = "a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + ".com"
    response = client.post("/ebooks/", GOOD | {"first_name": "A" * 80, "email": email})

    assert response.status_code == 303
    assert EbookSignup.objects.get().first_name == "A" * 80


@pytest.mark.parametrize("again", ["Ann@Example.com", "ANN@EXAMPLE.COM", "  ann@example.com "])
def test_ebook_signup_twice_gives_one_row_one_mail_and_the_same_answer(client, again):
    first = client.post("/ebooks/", GOOD)
    second = client.post("/ebooks/", GOOD | {"email": again, "first_name": "Anna"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert len(first["Location"]) == len(second["Location"])
    assert EbookSignup.objects.get().first_name == "Ann"
    assert OutgoingMail.objects.count() == 1


def test_ebook_signup_mails_at_most_3_links_a_day(client, time_machine):
    for hour in range(5):
        time_machine.move_to(f"2026-11-23T{10 + hour}:00:00+00:00", tick=False)
        client.post("/ebooks/", GOOD)

    assert OutgoingMail.objects.count() == 3
    time_machine.move_to("2026-11-24T10:30:00+00:00", tick=False)
    client.post("/ebooks/", GOOD)
    assert OutgoingMail.objects.count() == 4


def test_ebook_signup_of_a_bot_looks_the_same_but_sends_nothing(client):
    response = client.post("/ebooks/", GOOD | {"website": "http://spam.example"})

    assert response.status_code == 303
    assert client.get(response["Location"]).status_code == 200
    assert EbookSignup.objects.get().suspicion == "the hidden field was filled in"
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize("website", ["ann@example.com", "ANN", "Ann Lee", "ann"])
def test_ebook_signup_whose_hidden_field_a_browser_filled_in_is_taken(client, website):
    client.post("/ebooks/", GOOD | {"website": website})

    assert EbookSignup.objects.get().suspicion == ""
    assert OutgoingMail.objects.count() == 1


def test_ebook_signup_by_a_person_is_taken_after_a_bot_used_the_address(client):
    make_signup(first_name="www.buy.example", page="/x/", suspicion="there is a link in the name")

    client.post("/ebooks/", GOOD)

    signup = EbookSignup.objects.get()
    assert (signup.suspicion, signup.first_name, signup.page) == ("", "Ann", "/ebooks/")
    assert OutgoingMail.objects.count() == 1


def test_ebook_signup_by_somebody_else_does_not_rename_a_person(client):
    make_signup()

    client.post("/ebooks/", GOOD | {"first_name": "Eve"})

    assert EbookSignup.objects.get().first_name == "Ann"


def test_ebook_signup_keeps_the_exact_words_that_were_agreed_to(client):
    client.post("/ebooks/", GOOD | {"wants_news": "on"})

    consent = EbookSignup.objects.get().consents.get()
    assert (consent.purpose, consent.event, consent.wording, consent.page) == (
        "news",
        "asked",
        "Send me news.",
        "/ebooks/",
    )


@pytest.mark.parametrize("now", ["Send me letters.", ""])
def test_ebook_signup_keeps_the_words_of_the_page_that_was_open(client, now):
    make_ebook(make_section(make_article()))
    page = client.get("/ebooks/").text
    version = re.search(r'name="news_version" value="(\w+)"', page)[1]
    make_practice(news_consent_text=now)

    client.post("/ebooks/", GOOD | {"wants_news": "on", "news_version": version})

    assert EbookSignup.objects.get().consents.get().wording == "Send me news."


def test_ebook_signup_with_an_unknown_consent_version_notes_no_consent(client):
    response = client.post("/ebooks/", GOOD | {"wants_news": "on", "news_version": "00000000"})

    assert response.status_code == 303
    assert EbookSignup.objects.get().consents.count() == 0


def test_ebook_signup_without_the_box_notes_no_consent(client):
    client.post("/ebooks/", GOOD)

    assert EbookSignup.objects.get().consents.count() == 0


@pytest.mark.parametrize("shown_on", ["https://evil.example/", "javascript:x", "/" + "a" * 300])
def test_ebook_signup_drops_a_page_that_is_not_ours(client, shown_on):
    client.post("/ebooks/", GOOD | {"page": shown_on})

    assert EbookSignup.objects.get().page == ""


def test_ebook_signup_never_reflects_markup(client):
    hostile = "<script>alert(1)</script>"
    response = client.post("/ebooks/", GOOD | {"first_name": hostile, "email": hostile})

    assert hostile not in response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text


def test_ebook_signup_posted_by_another_site_is_refused(client):
    response = client.post("/ebooks/", GOOD, headers={"sec-fetch-site": "cross-site"})

    assert response.status_code == 403
    assert EbookSignup.objects.count() == 0

import pytest

from leads import links
from leads.models import EbookSignup, OutgoingMail, Suppression
from leads.news import consent
from tests.factories import make_practice
from tests.leads.news_factories import ADDRESS, WORDING, ledger, make_reader, withdraw

SIGNUP = {"first_name": "Ann", "email": "ann@example.com", "wants_news": "on", "page": "/ebooks/"}


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text=WORDING, **ADDRESS)


def kinds():
    return sorted(OutgoingMail.objects.values_list("kind", flat=True))


def confirm_path():
    return links.news_confirm_path(EbookSignup.objects.get())


def test_news_box_queues_one_mail_with_a_button(client):
    client.post("/ebooks/", SIGNUP)

    mail = OutgoingMail.objects.get(kind="news_confirm")
    assert mail.to == "ann@example.com"
    assert mail.subject == "Do you want our news by email?"
    assert "http://127.0.0.1:8000/news/confirm/" in mail.text
    assert "http://127.0.0.1:8000/news/confirm/" in mail.html
    assert ledger(EbookSignup.objects.get()) == ["asked"]


def test_news_box_twice_is_one_line_and_one_mail(client):
    client.post("/ebooks/", SIGNUP)
    client.post("/ebooks/", SIGNUP)

    assert kinds() == ["library_link", "news_confirm"]
    assert ledger(EbookSignup.objects.get()) == ["asked"]


def test_news_box_ticked_again_later_is_asked_again(client, time_machine):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    client.post("/ebooks/", SIGNUP)
    time_machine.move_to("2026-11-24T11:00:00+00:00", tick=False)
    client.post("/ebooks/", SIGNUP)

    assert kinds() == ["library_link", "library_link", "news_confirm", "news_confirm"]
    assert ledger(EbookSignup.objects.get()) == ["asked", "asked"]


def test_news_box_of_a_reader_asks_nothing(client):
    make_reader(email="ann@example.com", email_key="ann@example.com")

    client.post("/ebooks/", SIGNUP)

    assert kinds() == ["library_link"]
    assert ledger(EbookSignup.objects.get()) == ["asked", "confirmed"]


def test_news_box_of_a_bot_is_noted_without_a_mail(client):
    client.post("/ebooks/", SIGNUP | {"website": "x"})

    assert kinds() == []
    assert ledger(EbookSignup.objects.get()) == ["asked"]


def test_news_box_ticked_by_a_bot_changes_nothing_for_a_person(client):
    reader = make_reader(email="ann@example.com", email_key="ann@example.com")
    withdraw(reader)

    client.post("/ebooks/", SIGNUP | {"website": "x"})

    assert ledger(reader) == ["asked", "confirmed", "withdrawn"]


def test_unsubscribe_survives_a_new_sign_up_without_the_box(client):
    reader = make_reader(email="ann@example.com", email_key="ann@example.com")
    withdraw(reader)

    client.post("/ebooks/", {name: SIGNUP[name] for name in ("first_name", "email", "page")})

    assert kinds() == ["library_link"]
    assert EbookSignup.objects.news_readers().count() == 0
    assert Suppression.objects.count() == 1


def test_unsubscribe_survives_a_new_sign_up_with_the_box_until_it_is_confirmed(client):
    reader = make_reader(email="ann@example.com", email_key="ann@example.com")
    withdraw(reader)

    client.post("/ebooks/", SIGNUP)
    assert (EbookSignup.objects.news_readers().count(), Suppression.objects.count()) == (0, 1)

    client.post(confirm_path())
    assert (EbookSignup.objects.news_readers().count(), Suppression.objects.count()) == (1, 0)
    assert ledger(reader) == ["asked", "confirmed", "withdrawn", "asked", "confirmed"]


def test_suppression_holds_on_when_the_key_is_changed(db, settings):
    consent.suppress("ann@example.com")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]

    assert consent.find_suppressed(["ann@example.com", "bo@example.com"]) == {"ann@example.com"}


def test_suppression_of_a_former_release_is_still_found(db, settings):
    """The stored hash is all that is left of the person, so its recipe must never change."""
    settings.SECRET_KEY = "k" * 50
    Suppression.objects.create(
        address_hash="31bd4651eadb7d10b2ade3956e3ab21e21b2045733a2d9215d33dfda16127a73"
    )

    assert consent.find_suppressed(["ann@example.com"]) == {"ann@example.com"}

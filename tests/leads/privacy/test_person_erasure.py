import pytest
from django.utils import timezone

from leads.delivery import outbox
from leads.models import (
    Consent,
    ConsultationRequest,
    EbookSignup,
    OutgoingMail,
    RequestEvent,
    Suppression,
)
from leads.news import consent
from leads.privacy import person
from tests.factories import make_mail, make_practice, make_request, make_signup
from tests.leads.everything import EMAIL, NAME, TRACES, fill_in_everything, traces
from tests.leads.news_factories import ADDRESS


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.", **ADDRESS)


def test_erasure_leaves_no_trace_in_any_table(client):
    fill_in_everything(client)
    assert traces() == TRACES

    counts = person.erase(email=EMAIL)

    assert traces() == []
    assert counts == {"requests": 1, "sign-ups": 1, "mails": 4, "bounces": 1}
    assert Consent.objects.count() == RequestEvent.objects.count() == 0
    assert consent.find_suppressed([EMAIL.lower()]) == {EMAIL.lower()}


@pytest.mark.parametrize("email", ["", " "])
def test_erasure_of_an_empty_address_deletes_nothing(email):
    make_request(email="")

    person.erase(email=email, by_phone=True)

    assert ConsultationRequest.objects.count() == 1


def test_erasure_keeps_everyone_else(client):
    make_signup()
    make_request()
    make_mail()
    fill_in = {"first_name": NAME, "email": EMAIL, "page": ""}
    client.post("/ebooks/", fill_in)

    person.erase(email=EMAIL)

    assert EbookSignup.objects.get().email == "ann@example.com"
    assert ConsultationRequest.objects.count() == 1
    assert OutgoingMail.objects.get().to == "ann@example.com"


def test_erasure_can_be_repeated():
    make_signup()
    person.erase(email="ann@example.com")

    counts = person.erase(email="ann@example.com")

    assert counts == {"requests": 0, "sign-ups": 0, "mails": 0, "bounces": 0}
    assert Suppression.objects.count() == 1


def test_erasure_finds_every_way_the_address_was_typed():
    make_request(email="ANN@Example.com")
    make_request(digest="2", email="ann@BÜCHER.example")

    person.erase(email=" Ann@example.COM")
    person.erase(email="ann@BÜCHER.example")

    assert ConsultationRequest.objects.count() == 0


def test_erasure_keeps_no_address_that_can_be_read(settings):
    person.erase(email="ann@example.com")
    kept = Suppression.objects.get().address_hash

    settings.SECRET_KEY = "another-key-" * 5
    assert consent.address_hash("ann@example.com") != kept


def test_erasure_deletes_a_mail_that_is_being_sent(monkeypatch, mailoutbox):
    """The worker has no lock while it sends, so the row may be deleted before it settles."""
    make_mail(due_at=timezone.now())
    send = outbox.send

    def erased_meanwhile(mail):
        send(mail)
        person.erase(email=mail.to)

    monkeypatch.setattr(outbox, "send", erased_meanwhile)

    outbox.deliver_one()
    assert OutgoingMail.objects.count() == 0
    assert outbox.deliver_one() is None

import json
import logging

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from clinic_site.web.logs import JsonFormatter
from leads import links
from leads.delivery import outbox
from leads.models import (
    Bounce,
    Consent,
    ConsultationRequest,
    EbookSignup,
    OutgoingMail,
    RequestEvent,
    Suppression,
)
from leads.news import consent, mailing
from leads.privacy import person
from leads.privacy.personal_fields import GROUPS, NOT_PERSONAL, PERSONAL, stored_fields
from tests.factories import make_mail, make_practice, make_request, make_signup
from tests.leads.news_factories import ADDRESS, make_message, whole_database

# Letters and digits that occur nowhere else, so that any trace of them is a leak.
NAME, EMAIL, PHONE, NOTE = "Zebulon", "Zeb.Quux@Example.com", "(734) 555-0187", "Disc slipped"
TRACES = ["zebulon", "quux", "5550187", "555-0187", "disc slipped", "he is kind"]


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.", **ADDRESS)


def fill_in_everything(client):
    """A person who left a trace in every table that takes one."""
    page = {"page": "/ebooks/"}
    client.post("/ebooks/", {"first_name": NAME, "email": EMAIL, "wants_news": "on"} | page)
    request = {"name": NAME, "phone": PHONE, "email": EMAIL, "note": NOTE, "best_time": "any"}
    client.post("/consultation/", request | {"voicemail_ok": "on"})
    signup, request = EbookSignup.objects.get(), ConsultationRequest.objects.get()
    EbookSignup.objects.update(notes="He is kind")
    request.events.create(what="Left a voicemail for Zebulon")
    client.post(links.news_confirm_path(signup))
    message = make_message()
    mailing.start(message)
    mailing.go_on(message)
    OutgoingMail.objects.filter(kind="news").update(last_error=f"550 {EMAIL} unknown")
    Bounce.objects.create(address=EMAIL.lower(), reason="dead", words=f"550 {EMAIL} unknown")


def traces():
    found = repr(whole_database()).lower()
    return [trace for trace in TRACES if trace in found]


# The list


def declared(model, registry):
    """The names that the list has for a model; a history holds the fields of what it is of."""
    own = getattr(model, "instance_type", model)
    return set(registry.get(own, ()))


@pytest.mark.parametrize(
    "model", list(apps.get_app_config("leads").get_models()), ids=lambda model: model.__name__
)
def test_every_field_is_declared_personal_or_not(model):
    names = {field.name for field in model._meta.fields}
    names -= {name for name in names if name.startswith("history_")}
    personal, other = declared(model, PERSONAL), declared(model, NOT_PERSONAL)

    assert sorted(names - personal - other) == [], (
        "say in leads/privacy/personal_fields.py what it is for"
    )
    assert sorted((personal | other) - names) == []
    assert personal & other == set()


def test_every_personal_field_has_words_and_an_end():
    for model, fields in PERSONAL.items():
        assert fields, model
        assert any(model in models for _, models in GROUPS), model
    rows = [row for _, rows in stored_fields() for row in rows]
    assert [row for row in rows if not all(row)] == []


def test_stored_fields_follow_the_settings(settings):
    settings.LEAD_RETENTION_MONTHS = 7
    settings.MAIL_RETENTION_DAYS = 1

    rows = dict(stored_fields())

    title = "When you ask for the ebooks"
    assert rows[title][0] == ("First name", "To greet you in our emails", "7 months")
    assert len([row for row in rows[title] if row[0] == "Email address"]) == 1
    mails = rows["With each email we send you"]
    assert ("Its text", "To send it again if it did not reach you", "1 day") in mails


def test_privacy_page_breaks_no_line_between_a_number_and_its_unit(client, starter):
    page = client.get("/privacy/").text

    assert page.count('<td><span class="unbroken">24 months</span></td>') > 1
    assert "<td>24 months" not in page


# Export


def test_export_holds_everything_about_the_person(client):
    fill_in_everything(client)

    found = person.export_person(email=" ZEB.QUUX@example.com ")

    assert found["signups"][0]["first_name"] == NAME
    assert found["signups"][0]["notes"] == "He is kind"
    said = [consent["event"] for consent in found["signups"][0]["consents"]]
    assert sorted(said) == ["asked", "confirmed"]
    request = found["requests"][0]
    assert (request["phone"], request["note"]) == ("+17345550187", NOTE)
    assert request["events"][0]["what"] == "Left a voicemail for Zebulon"
    assert request["consents"][0]["purpose"] == "voicemail"
    assert sorted(mail["kind"] for mail in found["mails"]) == [
        "library_link", "news", "news_confirm", "request_receipt",
    ]  # fmt: skip
    assert [bounce["reason"] for bounce in found["bounces"]] == ["dead"]
    assert found["gets_no_news"] is False
    json.dumps(found)


def test_export_holds_nothing_of_anyone_else():
    make_signup()
    make_request()
    make_mail()

    found = person.export_person(email="nn@example.com")

    assert (found["signups"], found["requests"], found["mails"]) == ([], [], [])


def test_export_finds_requests_by_phone_for_staff_only():
    make_request(digest="1")
    make_request(digest="2", email="", name="By phone")
    make_request(digest="3", email="spouse@example.com", name="Spouse")

    by_link = person.export_person(email="ann@example.com")
    by_staff = person.export_person(email="ann@example.com", by_phone=True)

    assert [request["name"] for request in by_link["requests"]] == ["Ann Lee"]
    assert "requests_by_phone" not in by_link
    assert [request["name"] for request in by_staff["requests_by_phone"]] == ["By phone"]


def test_export_by_phone_never_takes_an_empty_number_for_the_same():
    make_request(digest="1", phone="")
    make_request(digest="2", email="", phone="+12485550199")

    assert person.export_person(email="ann@example.com", by_phone=True)["requests_by_phone"] == []


def test_export_person_command_prints_json(client, capsys):
    fill_in_everything(client)

    call_command("export_person", EMAIL)

    assert json.loads(capsys.readouterr().out)["signups"][0]["email"] == EMAIL


# Erasure


def test_erasure_leaves_no_trace_in_any_table(client):
    fill_in_everything(client)
    assert traces() == TRACES

    counts = person.erase_person(email=EMAIL)

    assert traces() == []
    assert counts == {"requests": 1, "sign-ups": 1, "mails": 4, "bounces": 1}
    assert Consent.objects.count() == RequestEvent.objects.count() == 0
    assert consent.suppressed([EMAIL.lower()]) == {EMAIL.lower()}


@pytest.mark.parametrize("email", ["", " "])
def test_erasure_of_nobody_takes_nobody(email):
    make_request(email="")

    person.erase_person(email=email, by_phone=True)

    assert ConsultationRequest.objects.count() == 1


def test_erasure_keeps_everyone_else(client):
    make_signup()
    make_request()
    make_mail()
    fill_in = {"first_name": NAME, "email": EMAIL, "page": ""}
    client.post("/ebooks/", fill_in)

    person.erase_person(email=EMAIL)

    assert EbookSignup.objects.get().email == "ann@example.com"
    assert ConsultationRequest.objects.count() == 1
    assert OutgoingMail.objects.get().to == "ann@example.com"


def test_erasure_can_be_repeated():
    make_signup()
    person.erase_person(email="ann@example.com")

    counts = person.erase_person(email="ann@example.com")

    assert counts == {"requests": 0, "sign-ups": 0, "mails": 0, "bounces": 0}
    assert Suppression.objects.count() == 1


def test_erasure_finds_every_way_the_address_was_typed():
    make_request(email="ANN@Example.com")
    make_request(digest="2", email="ann@BÜCHER.example")

    person.erase_person(email=" Ann@example.COM")
    person.erase_person(email="ann@BÜCHER.example")

    assert ConsultationRequest.objects.count() == 0


def test_erasure_keeps_no_address_that_can_be_read(settings):
    person.erase_person(email="ann@example.com")
    kept = Suppression.objects.get().address_hash

    settings.SECRET_KEY = "another-key-" * 5
    assert consent.address_hash("ann@example.com") != kept


def test_erase_person_command_prints_counts_and_goes_by_phone_too(capsys):
    make_signup()
    make_request(digest="1")
    make_request(digest="2", email="")
    make_request(digest="3", email="spouse@example.com")

    call_command("erase_person", "ann@example.com")

    assert capsys.readouterr().out == (
        "requests by phone: 1\nrequests: 1\nsign-ups: 1\nmails: 0\nbounces: 0\n"
    )
    assert ConsultationRequest.objects.get().email == "spouse@example.com"


# Logs


@pytest.fixture
def logged():
    """Every line that would be written, at every level, as it would be written."""
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(JsonFormatter().format(record))

    handler, loggers = Keep(), [logging.getLogger(name) for name in ("", "django")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield lines
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def test_logs_hold_nothing_personal(client, logged, mailoutbox):
    fill_in_everything(client)
    while outbox.deliver_one():
        pass
    signup = EbookSignup.objects.get()
    my_data, stop = links.my_data_path(signup), links.news_unsubscribe_path(signup.public_id)
    client.get("/no-such-page/Zebulon")
    client.post("/ebooks/", {"first_name": NAME * 20, "email": "zeb.quux@"})
    client.get(my_data)
    client.post(stop)
    client.post(my_data, {"action": "erase", "sure": "on"})

    everything = "\n".join(logged).lower()
    assert '"event": "erased"' in everything
    assert '"kind": "library_link"' in everything
    tokens = [path.split("/")[-2].lower() for path in (my_data, stop)]
    assert [trace for trace in [*TRACES, *tokens] if trace in everything] == []


def test_erasure_hits_a_mail_that_is_being_sent(monkeypatch, mailoutbox):
    """The worker holds nothing while it sends; the row may be gone when it comes back."""
    make_mail(due_at=timezone.now())
    send = outbox.send

    def erased_meanwhile(mail):
        send(mail)
        person.erase_person(email=mail.to)

    monkeypatch.setattr(outbox, "send", erased_meanwhile)

    outbox.deliver_one()
    assert OutgoingMail.objects.count() == 0
    assert outbox.deliver_one() is None

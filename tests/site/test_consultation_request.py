import pytest
from django.db import IntegrityError

from leads.models import ConsultationRequest, OutgoingMail
from tests.factories import make_article, make_practice, make_request, make_section
from tests.site.consultation_form import GOOD


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


def test_consultation_request_is_stored_as_typed_and_as_e164(client):
    response = client.post("/consultation/", GOOD)

    assert (response.status_code, response["Location"]) == (303, "/consultation/thanks/")
    request = ConsultationRequest.objects.get()
    assert (request.name, request.phone, request.phone_typed) == (
        "Ann Lee",
        "+12485550123",
        "(248) 555-0123",
    )
    assert (request.best_time, request.note, request.voicemail_ok, request.status) == (
        "morning",
        "Since Monday.",
        True,
        "new",
    )


def test_consultation_request_queues_receipt_and_alert(client):
    client.post("/consultation/", GOOD)

    mails = OutgoingMail.objects.order_by("kind")
    assert [(m.kind, m.to, m.subject) for m in mails] == [
        ("request_alert", "desk@example.com", "New consultation request"),
        ("request_receipt", "ann@example.com", "We have your consultation request"),
    ]


def test_consultation_request_alert_holds_nothing_personal(client):
    make_practice(phone="+12488442665")
    client.post("/consultation/", GOOD)

    alert = OutgoingMail.objects.get(kind="request_alert")
    everything = alert.subject + alert.text + alert.html
    assert not [word for word in ("Ann", "555", "ann@", "Monday") if word in everything]
    assert f"#{ConsultationRequest.objects.get().pk}" in alert.text


def test_consultation_request_with_a_phone_alone_sends_no_receipt(client):
    client.post("/consultation/", GOOD | {"email": ""})

    assert list(OutgoingMail.objects.values_list("kind", flat=True)) == ["request_alert"]


def test_consultation_request_with_an_email_alone_is_taken(client):
    response = client.post("/consultation/", GOOD | {"phone": ""})

    assert response.status_code == 303
    assert ConsultationRequest.objects.get().phone == ""


def test_consultation_request_needs_a_way_to_answer(client):
    response = client.post("/consultation/", GOOD | {"phone": " ", "email": ""})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "phone": ["Enter a phone number or an email address, so we can reach you"]
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter your name"),
        ("name", "A" * 81, "Your name must be 80 characters or fewer"),
        ("name", "Ann\nLee", "Use one line without special characters."),
        ("phone", "1" * 31, "Phone number must be 30 characters or fewer"),
        ("email", "ann@", "Enter an email address like name@example.com"),
        ("best_time", "", "Choose the best time to call"),
        ("best_time", "midnight", "Choose the best time to call from the list"),
        ("note", "A" * 1001, "Your note must be 1,000 characters or fewer"),
        ("note", "A\x00", "Type this again: some characters did not arrive."),
    ],
)
def test_consultation_request_says_what_to_do_about_bad_input(client, field, value, message):
    response = client.post("/consultation/", GOOD | {field: value})

    assert response.status_code == 422
    assert message in response.context["form"].errors[field]
    assert ConsultationRequest.objects.count() == 0


def test_consultation_request_takes_a_note_of_1000_characters_with_lines(client):
    note = "A" * 499 + "\r\n" + "B" * 500

    response = client.post("/consultation/", GOOD | {"note": note})

    assert response.status_code == 303
    assert ConsultationRequest.objects.get().note == note.replace("\r\n", "\n")


def test_consultation_request_of_a_bot_is_kept_and_sends_no_mail(client):
    response = client.post("/consultation/", GOOD | {"website": "x", "name": "www.buy.example"})

    assert response.status_code == 303
    assert ConsultationRequest.objects.get().suspicion == (
        "the hidden field was filled in; there is a link in the name"
    )
    assert OutgoingMail.objects.count() == 0


def test_consultation_request_keeps_the_words_about_voicemail(client):
    client.post("/consultation/", GOOD)

    consent = ConsultationRequest.objects.get().consents.get()
    assert (consent.purpose, consent.wording) == (
        "voicemail",
        "You may leave a voicemail about this request.",
    )


def test_consultation_request_without_contact_cannot_be_stored():
    with pytest.raises(IntegrityError):
        make_request(phone="", email="")


def test_consultation_thanks_repeats_the_emergency_list(client):
    guide = make_article()
    make_section(guide, kind="emergency", title="Call 911", body="<ul><li>Chest pain</li></ul>")

    response = client.get("/consultation/thanks/")

    assert "Chest pain" in response.text
    assert client.post("/consultation/thanks/").status_code == 405


@pytest.mark.parametrize("website", ["2485550123", "Lee", "ann@example.com", "Since Monday."])
def test_consultation_request_whose_hidden_field_a_browser_filled_in_is_taken(client, website):
    client.post("/consultation/", GOOD | {"website": website})

    assert ConsultationRequest.objects.get().suspicion == ""
    assert OutgoingMail.objects.count() == 2

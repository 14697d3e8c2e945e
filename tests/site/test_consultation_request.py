import pytest
from django.db import IntegrityError

from leads.models import ConsultationRequest, OutgoingMail
from tests.factories import make_article, make_practice, make_request, make_section

GOOD = {
    "name": "Ann Lee",
    "phone": "(248) 555-0123",
    "email": "ann@example.com",
    "best_time": "morning",
    "note": "Since Monday.",
    "voicemail_ok": "on",
    "website": "",
    "page": "/consultation/",
}


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


@pytest.mark.parametrize(
    "typed",
    [
        "2485550123",
        "248-555-0123",
        "248.555.0123",
        "248 555 0123",
        "1-248-555-0123",
        "+1 (248) 555-0123",
        "001 248 555 0123"[2:],
        "(248)5550123",
        "248/555-0123",
        "tel: 248-555-0123",
    ],
)
def test_consultation_request_takes_every_common_way_to_type_a_number(client, typed):
    response = client.post("/consultation/", GOOD | {"phone": typed})

    assert response.status_code == 303
    assert ConsultationRequest.objects.get().phone == "+12485550123"


@pytest.mark.parametrize("typed", ["12", "call me", "555-0123", "248-555-01234567"])
def test_consultation_request_says_how_to_type_a_number(client, typed):
    response = client.post("/consultation/", GOOD | {"phone": typed})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "phone": ["Enter a phone number with its area code, like (248) 555-0123"]
    }
    assert response.context["form"]["phone"].value() == typed


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


def test_consultation_request_by_phone_alone_sends_no_receipt(client):
    client.post("/consultation/", GOOD | {"email": ""})

    assert list(OutgoingMail.objects.values_list("kind", flat=True)) == ["request_alert"]


def test_consultation_request_by_email_alone_is_taken(client):
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


def test_consultation_request_sent_twice_is_one(client, time_machine):
    time_machine.move_to("2026-11-23T10:59:59+00:00", tick=False)
    client.post("/consultation/", GOOD)
    time_machine.move_to("2026-11-23T11:00:01+00:00", tick=False)
    again = client.post("/consultation/", GOOD)

    assert again.status_code == 303
    assert ConsultationRequest.objects.count() == 1
    assert OutgoingMail.objects.count() == 2


def test_consultation_request_sent_again_with_capitals_is_one(client):
    client.post("/consultation/", GOOD)
    client.post("/consultation/", GOOD | {"email": "Ann@Example.com"})

    assert ConsultationRequest.objects.get().email == "ann@example.com"
    assert OutgoingMail.objects.count() == 2


def test_consultation_request_the_next_day_is_another(client, time_machine):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    client.post("/consultation/", GOOD)
    time_machine.move_to("2026-11-24T10:00:00+00:00", tick=False)
    client.post("/consultation/", GOOD)

    assert ConsultationRequest.objects.count() == 2


def test_consultation_request_of_a_bot_is_kept_and_quiet(client):
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


def test_consultation_request_sent_again_by_a_person_is_freed(client):
    client.post("/consultation/", GOOD | {"website": "x"})

    client.post("/consultation/", GOOD)

    assert ConsultationRequest.objects.get().suspicion == ""
    assert OutgoingMail.objects.count() == 2


def test_consultation_request_with_an_extension_behind_its_area_code_is_another(client):
    client.post("/consultation/", GOOD | {"phone": "555-0123 (248)"})
    client.post("/consultation/", GOOD | {"phone": "555-0123 (248) x12"})

    assert ConsultationRequest.objects.count() == 2


def test_consultation_request_with_an_extension_added_is_another(client):
    client.post("/consultation/", GOOD)
    client.post("/consultation/", GOOD | {"phone": "248-555-0123 ext 12"})

    typed = ConsultationRequest.objects.order_by("pk").values_list("phone", "phone_typed")
    assert list(typed) == [
        ("+12485550123", "(248) 555-0123"),
        ("+12485550123", "248-555-0123 ext 12"),
    ]


NUMBER_OF_TWO_COUNTRIES = GOOD | {"phone": "+248 255 0123"}


def test_phone_that_can_be_two_numbers_is_asked_about(client):
    response = client.post("/consultation/", NUMBER_OF_TWO_COUNTRIES)

    form = response.context["form"]
    assert response.status_code == 422
    assert form.errors == {
        "phone": ["Did you mean (248) 255-0123 or the foreign number +248 2 550 123?"]
    }
    assert form["phone"].value() == "+248 255 0123"
    american = '<button class="button button--quiet" type="submit" name="take_phone" value="+1248'
    assert american + '2550123">Use (248) 255-0123</button>' in response.text
    assert 'value="+2482550123">Use +248 2 550 123</button>' in response.text
    assert response.text.index(american) < response.text.index(
        "Ask for a free consultation</button"
    )


@pytest.mark.parametrize("number", ["+12482550123", "+2482550123"])
def test_phone_question_is_answered_by_a_button(client, number):
    response = client.post("/consultation/", NUMBER_OF_TWO_COUNTRIES | {"take_phone": number})

    assert response.status_code == 303
    request = ConsultationRequest.objects.get()
    assert (request.phone, request.phone_typed) == (number, "+248 255 0123")


@pytest.mark.parametrize("answer", ["", "+12485550123", "+1", "yes"])
def test_phone_question_takes_no_other_number_for_an_answer(client, answer):
    form = NUMBER_OF_TWO_COUNTRIES | {"take_phone": answer, "keep_phone": answer}

    response = client.post("/consultation/", form)

    assert response.context["form"].errors.as_data()["phone"][0].code == "unclear"
    assert ConsultationRequest.objects.count() == 0


def test_phone_answer_survives_an_error_in_another_field(client):
    form = NUMBER_OF_TWO_COUNTRIES | {"name": "", "take_phone": "+2482550123"}

    again = client.post("/consultation/", form).context["form"]
    kept = NUMBER_OF_TWO_COUNTRIES | {"keep_phone": again["keep_phone"].value()}

    assert again.errors == {"name": ["Enter your name"]}
    assert client.post("/consultation/", kept).status_code == 303
    assert ConsultationRequest.objects.get().phone == "+2482550123"


@pytest.mark.parametrize("typed", ["(555) 123-4567", "248-155-0123 x12", "555-0199 (555)"])
def test_phone_that_no_country_hands_out_is_asked_about_once(client, typed):
    asked = client.post("/consultation/", GOOD | {"phone": typed})
    form = asked.context["form"]

    kept = GOOD | {"phone": typed, "keep_phone": form["keep_phone"].value()}

    assert asked.status_code == 422
    assert form.errors["phone"][0].endswith(
        ": the area code or a digit looks wrong. Correct it, or keep it."
    )
    assert f">Keep {form.phone_readings[0][1]}</button>" in asked.text
    assert client.post("/consultation/", kept).status_code == 303
    assert ConsultationRequest.objects.get().phone_typed == typed


def test_phone_is_asked_about_before_the_address(client):
    form = NUMBER_OF_TWO_COUNTRIES | {"email": "ann@gmial.com"}

    first = client.post("/consultation/", form).context["form"]
    second = client.post("/consultation/", form | {"take_phone": "+12482550123"}).context["form"]

    assert list(first.errors) == ["phone"]
    assert second.errors == {"email": ["Did you mean ann@gmail.com?"]}
    assert second["keep_phone"].value() == "+12482550123"


def test_blank_form_carries_nothing_of_the_phone_question(client):
    assert "keep_phone" not in client.get("/consultation/").text


def test_phone_of_30_characters_is_taken_and_of_31_refused_with_all_of_it(client):
    typed = "+1 (248) 555-0123 extension 12"

    taken = client.post("/consultation/", GOOD | {"phone": typed})
    refused = client.post("/consultation/", GOOD | {"phone": f"{typed}3"})

    assert (len(typed), taken.status_code) == (30, 303)
    assert ConsultationRequest.objects.get().phone_national == "(248) 555-0123 ext. 12"
    form = refused.context["form"]
    assert form.errors == {"phone": ["Phone number must be 30 characters or fewer"]}
    assert form["phone"].value() == f"{typed}3"


def test_consultation_request_sent_again_by_a_bot_stays_held_back(client):
    client.post("/consultation/", GOOD | {"website": "x"})

    client.post("/consultation/", GOOD | {"website": "y"})

    assert ConsultationRequest.objects.get().suspicion == "the hidden field was filled in"
    assert OutgoingMail.objects.count() == 0


def test_consultation_request_sent_again_with_the_voicemail_box_is_another(client):
    without_box = {name: value for name, value in GOOD.items() if name != "voicemail_ok"}
    client.post("/consultation/", without_box)
    client.post("/consultation/", GOOD)

    requests = ConsultationRequest.objects.order_by("pk")
    assert [(each.voicemail_ok, each.consents.count()) for each in requests] == [
        (False, 0),
        (True, 1),
    ]


@pytest.mark.parametrize(
    ("again", "count"), [("11:00:01", 1), ("11:00:02", 2), ("11:59:59", 2), ("12:00:00", 2)]
)
def test_consultation_request_is_a_repeat_for_an_hour(client, time_machine, again, count):
    time_machine.move_to("2026-11-23T10:00:02+00:00", tick=False)
    client.post("/consultation/", GOOD)
    time_machine.move_to(f"2026-11-23T{again}+00:00", tick=False)
    client.post("/consultation/", GOOD)

    assert ConsultationRequest.objects.count() == count


@pytest.mark.parametrize("website", ["2485550123", "Lee", "ann@example.com", "Since Monday."])
def test_consultation_request_of_a_browser_that_fills_in_everything_is_taken(client, website):
    client.post("/consultation/", GOOD | {"website": website})

    assert ConsultationRequest.objects.get().suspicion == ""
    assert OutgoingMail.objects.count() == 2

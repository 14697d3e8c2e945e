"""How patients type phone numbers in the consultation form, and what it asks them."""

import pytest

from leads.models import ConsultationRequest
from tests.factories import make_practice
from tests.site.consultation_form import GOOD


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


@pytest.mark.parametrize(
    "typed",
    [
        "2485550123",
        "248-555-0123",
        "248.555.0123",
        "248 555 0123",
        "1-248-555-0123",
        "+1 (248) 555-0123",
        "1 248 555 0123",
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


def test_extension_typed_behind_the_area_code_makes_a_second_request(client):
    client.post("/consultation/", GOOD | {"phone": "555-0123 (248)"})
    client.post("/consultation/", GOOD | {"phone": "555-0123 (248) x12"})

    assert ConsultationRequest.objects.count() == 2


def test_added_extension_makes_a_second_request(client):
    client.post("/consultation/", GOOD)
    client.post("/consultation/", GOOD | {"phone": "248-555-0123 ext 12"})

    typed = ConsultationRequest.objects.order_by("pk").values_list("phone", "phone_typed")
    assert list(typed) == [
        ("+12485550123", "(248) 555-0123"),
        ("+12485550123", "248-555-0123 ext 12"),
    ]


NUMBER_OF_TWO_COUNTRIES = GOOD | {"phone": "+248 255 0123"}


def test_phone_that_can_be_two_numbers_is_answered_with_a_question(client):
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
def test_phone_question_accepts_only_the_numbers_that_it_offers(client, answer):
    form = NUMBER_OF_TWO_COUNTRIES | {"take_phone": answer, "keep_phone": answer}

    response = client.post("/consultation/", form)

    assert response.context["form"].errors.as_data()["phone"][0].code == "unclear"
    assert ConsultationRequest.objects.count() == 0


def test_phone_answer_is_kept_when_another_field_has_an_error(client):
    form = NUMBER_OF_TWO_COUNTRIES | {"name": "", "take_phone": "+2482550123"}

    again = client.post("/consultation/", form).context["form"]
    kept = NUMBER_OF_TWO_COUNTRIES | {"keep_phone": again["keep_phone"].value()}

    assert again.errors == {"name": ["Enter your name"]}
    assert client.post("/consultation/", kept).status_code == 303
    assert ConsultationRequest.objects.get().phone == "+2482550123"


@pytest.mark.parametrize("typed", ["(555) 123-4567", "248-155-0123 x12", "555-0199 (555)"])
def test_phone_that_no_country_assigns_is_asked_about_once(client, typed):
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


def test_phone_question_is_asked_before_the_email_question(client):
    form = NUMBER_OF_TWO_COUNTRIES | {"email": "ann@gmial.com"}

    first = client.post("/consultation/", form).context["form"]
    second = client.post("/consultation/", form | {"take_phone": "+12482550123"}).context["form"]

    assert list(first.errors) == ["phone"]
    assert second.errors == {"email": ["Did you mean ann@gmail.com?"]}
    assert second["keep_phone"].value() == "+12482550123"


def test_blank_form_has_no_field_for_the_phone_question(client):
    assert "keep_phone" not in client.get("/consultation/").text


def test_phone_of_30_characters_is_taken_and_of_31_is_refused_and_shown_whole(client):
    typed = "+1 (248) 555-0123 extension 12"

    taken = client.post("/consultation/", GOOD | {"phone": typed})
    refused = client.post("/consultation/", GOOD | {"phone": f"{typed}3"})

    assert (len(typed), taken.status_code) == (30, 303)
    assert ConsultationRequest.objects.get().phone_national == "(248) 555-0123 ext. 12"
    form = refused.context["form"]
    assert form.errors == {"phone": ["Phone number must be 30 characters or fewer"]}
    assert form["phone"].value() == f"{typed}3"

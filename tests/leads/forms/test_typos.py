import pytest

from leads.forms.typos import suggestion
from leads.models import ConsultationRequest, EbookSignup
from tests.factories import make_practice

SIGNUP = {"first_name": "Ann", "website": "", "page": "/ebooks/"}
REQUEST = {"name": "Ann Lee", "phone": "", "best_time": "any", "note": "", "website": ""}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ann@gmial.com", "ann@gmail.com"),
        ("ann@gmal.com", "ann@gmail.com"),
        ("ann@gmaill.com", "ann@gmail.com"),
        ("ann@gnail.com", "ann@gmail.com"),
        ("ann@gmail.co", "ann@gmail.com"),
        ("ann@gmail.con", "ann@gmail.com"),
        ("ann@gmial.con", "ann@gmail.com"),
        ("ann@GMIAL.COM", "ann@gmail.com"),
        ("ann@yaho.com", "ann@yahoo.com"),
        ("ann@hotmial.com", "ann@hotmail.com"),
        ("ann@outlok.com", "ann@outlook.com"),
        ("ann@iclod.com", "ann@icloud.com"),
        ("ann@comcast.ent", "ann@comcast.net"),
        ("ann@aol.con", "ann@aol.com"),
        ("ann@example.cmo", "ann@example.com"),
    ],
)
def test_suggestion_for_a_typing_error_is_the_common_domain(typed, meant):
    assert suggestion(typed) == meant


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com", "GMAIL.com", "example.com", "ymail.com", "mail.com", "email.com", "gmx.com",
        "gail.com", "grail.com", "cloud.com", "aon.com", "all.com", "love.com", "yahoo.ca",
        "hotmail.co.uk", "outlook.fr", "comcast.com", "gml.com", "x.y",
    ],
)  # fmt: skip
def test_suggestion_is_empty_for_a_real_domain(domain):
    assert suggestion(f"ann@{domain}") == ""


@pytest.mark.parametrize("typed", ["", "ann", "@gmial.com", "ann@", "@"])
def test_suggestion_is_empty_for_text_that_is_not_an_address(typed):
    assert suggestion(typed) == ""


@pytest.mark.parametrize(
    ("path", "form"), [("/ebooks/", SIGNUP), ("/consultation/", REQUEST), ("/ebooks/link/", {})]
)
def test_form_asks_about_a_mistyped_address_and_stores_nothing(client, db, path, form):
    make_practice()

    response = client.post(path, form | {"email": "ann@gmial.com"})

    assert response.status_code == 422
    assert response.context["form"].errors == {"email": ["Did you mean ann@gmail.com?"]}
    assert response.context["form"].errors.as_data()["email"][0].code == "typo"
    assert EbookSignup.objects.count() + ConsultationRequest.objects.count() == 0


def test_typo_hint_has_a_button_to_keep_and_one_to_take(client, db):
    make_practice()

    page = client.post("/ebooks/", SIGNUP | {"email": "ann@gmial.com"}).text

    assert '<input type="hidden" name="keep_email" value="ann@gmial.com"' in page
    assert page.index(">Keep ann@gmial.com<") < page.index(">Use ann@gmail.com<")
    assert 'name="take_email" value="yes">Use ann@gmail.com<' in page


def test_address_is_kept_as_typed_by_one_click(client, db):
    make_practice()
    kept = {"email": "ann@gmial.com", "keep_email": "ann@gmial.com"}

    response = client.post("/ebooks/", SIGNUP | kept)

    assert response.status_code == 303
    assert EbookSignup.objects.get().email == "ann@gmial.com"


def test_address_is_corrected_by_one_click(client, db):
    make_practice()
    taken = {"email": "ann@gmial.com", "keep_email": "ann@gmial.com", "take_email": "yes"}

    response = client.post("/ebooks/", SIGNUP | taken)

    assert response.status_code == 303
    assert EbookSignup.objects.get().email == "ann@gmail.com"


def test_form_asks_again_when_another_mistyped_address_is_typed(client, db):
    make_practice()
    other = {"email": "ann@hotmial.com", "keep_email": "ann@gmial.com"}

    response = client.post("/ebooks/", SIGNUP | other)

    assert response.context["form"].errors == {"email": ["Did you mean ann@hotmail.com?"]}


def test_typo_answer_is_kept_when_another_field_has_an_error(client, db):
    make_practice()
    form = SIGNUP | {"first_name": "", "email": "ann@gmial.com", "keep_email": "ann@gmial.com"}

    kept = client.post("/ebooks/", form).context["form"]
    taken = client.post("/ebooks/", form | {"take_email": "yes"}).context["form"]

    assert (kept["email"].value(), kept["keep_email"].value()) == ("ann@gmial.com",) * 2
    assert taken["email"].value() == "ann@gmail.com"
    assert kept.errors == taken.errors == {"first_name": ["Enter your first name"]}


@pytest.mark.parametrize("email", ["user@gmail.com", "user@example.com"])
def test_form_does_not_ask_about_an_address_that_looks_right(client, db, email):
    make_practice()

    client.post("/ebooks/", SIGNUP | {"email": email})

    assert EbookSignup.objects.get().email == email


def test_blank_form_has_no_field_for_the_typo_question(client, db):
    make_practice()

    assert "keep_email" not in client.get("/ebooks/").text


def test_typo_hint_shows_a_hostile_address_as_text(client, db):
    make_practice()

    page = client.post("/ebooks/", SIGNUP | {"email": '"<b>"@gmial.com'}).text

    assert "<b>" not in page

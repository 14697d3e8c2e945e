"""Error pages (403, 429, 500, 503) show the form that was refused, with what was typed."""

import re

import pytest
from django.db import OperationalError
from django.utils.html import escape

from clinic_site.models import Practice
from clinic_site.web import errors
from leads import capture, limits
from leads.models import wording_version
from tests.admin_pages import page_text
from tests.factories import make_practice

WORDS = "Send me news."
VERSION = wording_version(WORDS)
FORMS = {
    "/ebooks/": {
        "first_name": "Ann <Lee>",
        "email": "ann@example.com",
        "wants_news": "on",
        "news_version": VERSION,
        "page": "/guides/neck-pain/",
    },
    "/consultation/": {
        "name": "Ann <Lee>",
        "phone": "(248) 555-0123 x12",
        "email": "ann@example.com",
        "best_time": "evening",
        "note": "Since Monday.\r\nIt's the left side.",
        "voicemail_ok": "on",
        "page": "/consultation/",
    },
    "/ebooks/link/": {"email": "ann@example.com"},
}
FROM_ELSEWHERE = {"origin": "https://evil.example"}
EVERY_FORM = pytest.mark.parametrize("path", FORMS)


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text=WORDS)


def typed_in(page: str) -> dict[str, str]:
    """The values that the form on the page sends when its button is pressed."""
    (form,) = re.findall(r'<form class="form".*?</form>', page, re.DOTALL)
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = (re.search(rf' {key}="(.*?)"', tag) for key in ("name", "value"))
        if not re.search(r'type="(?:radio|checkbox)"', tag) or " checked" in tag:
            found[name[1]] = value[1] if value else "on" if "checkbox" in tag else ""
    return found | dict(
        re.findall(r'<textarea name="(.*?)".*?>\n?(.*?)</textarea>', form, re.DOTALL)
    )


def escaped(form: dict[str, str]) -> dict[str, str]:
    return {name: str(escape(value)) for name, value in form.items()}


def refuse_with(monkeypatch, error):
    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(limits, "count", refuse)


@EVERY_FORM
@pytest.mark.parametrize(
    ("error", "status", "retry_after", "advice"),
    [
        (limits.TooManyError(3540), 429, "3540", "Send it again in 59 minutes. "),
        (OperationalError("full"), 503, "30", "Wait half a minute and send it again. "),
        (RuntimeError("secret"), 500, None, "Send it again in a few minutes. "),
    ],
)
def test_refused_form_keeps_all_that_was_typed(  # noqa: PLR0917 the table has many columns
    client, monkeypatch, path, error, status, retry_after, advice
):
    client.raise_request_exception = False
    refuse_with(monkeypatch, error)

    response = client.post(path, FORMS[path])

    assert (response.status_code, response.get("Retry-After")) == (status, retry_after)
    assert response["Cache-Control"] == "no-store"
    assert f"What you typed is below. {advice}Or call us at (248) 555-0123 ." in page_text(response)
    kept = typed_in(response.text)
    assert kept | escaped(FORMS[path]) == kept
    assert f'action="{path}"' in response.text
    assert "There is a problem" not in response.text


@EVERY_FORM
def test_refused_form_is_taken_when_it_is_sent_again(client, monkeypatch, path):
    refuse_with(monkeypatch, OperationalError("full"))
    form = typed_in(client.post(path, FORMS[path] | {"website": "bot"}).text)
    monkeypatch.undo()

    assert form["website"] == ""
    assert client.post(path, form).status_code == 303


@EVERY_FORM
def test_form_from_another_site_keeps_only_visible_values(client, path):
    hidden = {"website": "x", "keep_email": "x", "keep_phone": "x", "page": "/evil/"}

    response = client.post(path, FORMS[path] | hidden, headers=FROM_ELSEWHERE)

    assert response.status_code == 403
    assert "It was not sent from a page of this site" in page_text(response)
    assert "open for too long" not in page_text(response)
    assert "(248) 555-0123" in page_text(response)
    kept = typed_in(response.text)
    boxes_and_hidden = {"wants_news", "voicemail_ok", "news_version", "page"}
    plain = {name: FORMS[path][name] for name in FORMS[path].keys() - boxes_and_hidden}
    assert {name: kept[name] for name in plain} == escaped(plain)
    assert kept.keys() & {"wants_news", "voicemail_ok"} == set()
    assert (kept["website"], kept["page"], kept["keep_email"]) == ("", path, "")
    assert kept.get("keep_phone", "") == ""
    assert kept.get("news_version", VERSION) == VERSION


def test_refused_form_unticks_a_box_whose_wording_has_changed(client, monkeypatch):
    refuse_with(monkeypatch, OperationalError("full"))
    former = FORMS["/ebooks/"] | {"news_version": wording_version("Former words.")}

    kept = typed_in(client.post("/ebooks/", former).text)

    assert "wants_news" not in kept
    assert kept["news_version"] == VERSION


@pytest.mark.parametrize(
    ("answer", "email"), [({"take_email": "yes"}, "ann@gmail.com"), ({}, "ann@gmial.com")]
)
def test_refused_form_keeps_the_answer_to_a_question(client, monkeypatch, answer, email):
    form = {"email": "ann@gmial.com", "keep_email": "ann@gmial.com"} | answer
    refuse_with(monkeypatch, OperationalError("full"))

    kept = typed_in(client.post("/ebooks/link/", form).text)

    assert kept["email"] == email
    monkeypatch.undo()
    assert client.post("/ebooks/link/", kept).status_code == 303


@EVERY_FORM
@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_refused_form_is_shown_without_a_database_query(
    client, monkeypatch, django_assert_num_queries, path, status
):
    request = client.post(path, FORMS[path], headers=FROM_ELSEWHERE).wsgi_request
    monkeypatch.setattr(Practice, "load", None)

    with django_assert_num_queries(0):
        response = errors.page(status, request=request)

    assert "What you typed is below" in response.text
    assert 'value="ann@example.com"' in response.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded; charset=klingon", b"name=Ann"),
        ("application/x-www-form-urlencoded", b"name=%ff"),
        ("application/x-www-form-urlencoded", b"name=Ann&" * 1001),
        ("application/x-www-form-urlencoded", b"name=" + b"a" * 65536),
        ("multipart/form-data; boundary=b", b"--b\r\nbroken"),
        ("multipart/form-data", b"no boundary"),
        ("application/json", b"{}"),
    ],
)
def test_unreadable_body_from_another_site_is_refused_and_not_shown(client, kind, body):
    response = client.generic(
        "POST", "/consultation/", body, content_type=kind, headers=FROM_ELSEWHERE
    )

    assert response.status_code == 403
    assert "We could not take that form" in response.text
    assert "aaa" not in response.text


def test_body_over_64_kb_is_refused_without_its_form(client):
    response = client.post("/consultation/", FORMS["/consultation/"] | {"note": "a" * 65536})

    assert response.status_code == 413
    assert "<form" not in response.text


def test_refused_consultation_still_says_what_to_do_in_an_emergency(client):
    response = client.post("/consultation/", FORMS["/consultation/"], headers=FROM_ELSEWHERE)

    assert "In an emergency, do not use this form." in page_text(response)


def test_error_page_is_shown_when_its_form_cannot_be_rendered(client, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(capture, "store_request", crash)
    monkeypatch.setattr("leads.forms.public.PublicForm.filled_in_again", crash)
    client.raise_request_exception = False

    response = client.post("/consultation/", FORMS["/consultation/"])

    assert response.status_code == 500
    assert "(248) 555-0123" in response.text
    assert "<form" not in response.text


def test_page_of_a_form_is_stored_without_its_query_string(client):
    client.post("/consultation/", FORMS["/consultation/"] | {"page": "/guides/a/?utm_source=x#y"})

    row = capture.ConsultationRequest.objects.get()
    assert row.page == "/guides/a/"

"""Two people have one form open (promise 31). The first saves while the second still types."""

import re

import pytest
from django.contrib.auth.models import User

from tests.admin_pages import messages, page_text
from tests.clinic_site.admin.conflicts.windows import Window, questions
from tests.factories import (
    make_request,
)
from tests.staff import client_of

RIGHTS = ("leads.view_consultationrequest", "leads.change_consultationrequest")


@pytest.fixture
def jo(db):
    client = client_of("jo", *RIGHTS)
    User.objects.filter(username="jo").update(first_name="Jo", last_name="Day")
    return client


def state(request):
    request.refresh_from_db()
    return request.status, request.notes


def test_booked_request_stays_booked_when_another_notes_a_call(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked", notes="Tuesday at 9")

    response = window.save(what_happened="No answer")

    assert response.status_code == 302
    assert state(request) == ("booked", "Tuesday at 9")
    assert list(request.events.values_list("by__username", "what")) == [
        ("desk", "No answer"),
        ("jo", "Notes changed"),
        ("jo", "Status: To call → Consultation booked"),
    ]


def test_what_others_changed_meanwhile_is_told(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked")

    window.save(notes="Likes mornings")

    told = messages(desk.get("/admin/"))
    assert "Changed by others while you had this page open, and kept: Status." in told
    assert state(request) == ("booked", "Likes mornings")


def test_field_that_both_changed_is_asked_about_and_nothing_is_saved(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked")

    response = window.save(status="tried", notes="No answer", what_happened="Rang twice")

    words = page_text(response)
    assert re.search(r"Jo Day changed it at \d+:\d\d [AP]M\. Choose which is kept", words)
    assert "Take theirs: what is saved now Consultation booked" in words
    assert "Keep mine: what is in the field below Tried, call again" in words
    assert questions(response) == {"keep-status": []}
    assert state(request) == ("booked", "")
    assert window.fields["notes"] == "No answer"
    assert window.fields["what_happened"] == "Rang twice"


@pytest.mark.parametrize(("answer", "kept"), [("mine", "tried"), ("theirs", "booked")])
def test_answer_decides_which_value_is_kept(desk, jo, answer, kept):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked")
    window.save(status="tried", notes="No answer")

    response = window.save(**{"keep-status": answer})

    assert response.status_code == 302
    assert state(request) == (kept, "No answer")


def test_nothing_is_saved_until_each_question_is_answered(desk, jo):
    request = make_request(notes="Old")
    window = Window(desk, request)
    Window(jo, request).save(status="booked", notes="Jo's")
    window.save(status="tried", notes="Mine")

    unanswered = window.save()
    half = window.save(**{"keep-status": "mine"})
    assert state(request) == ("booked", "Jo's")
    window.save(**{"keep-notes": "theirs"})

    assert questions(unanswered) == {"keep-status": [], "keep-notes": []}
    assert questions(half) == {"keep-notes": []}
    assert state(request) == ("tried", "Jo's")


def test_answer_to_a_value_that_changed_again_is_asked_for_again(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked")
    window.save(status="tried")
    Window(jo, request).save(status="closed")

    response = window.save(**{"keep-status": "mine"})

    assert "Take theirs: what is saved now Closed" in page_text(response)
    assert state(request) == ("closed", "")
    assert window.save(**{"keep-status": "mine"}).status_code == 302
    assert state(request) == ("tried", "")


def test_both_typed_the_same_is_no_question(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(notes="Call on Friday")

    response = window.save(notes="Call on Friday \r\n")

    assert response.status_code == 302
    assert [event.by.username for event in request.events.all()] == ["jo"]


def test_two_windows_of_one_person_are_two_people(desk):
    request = make_request()
    window = Window(desk, request)
    Window(desk, request).save(status="booked")

    response = window.save(status="tried")

    assert "You changed it at" in page_text(response)
    assert "in another window or before you went back" in page_text(response)
    assert state(request) == ("booked", "")


def test_pressing_save_twice_writes_once(desk):
    request = make_request()
    window = Window(desk, request)
    typed = {"status": "tried", "notes": "Line one\r\nLine two", "what_happened": "No answer"}

    answers = [window.save(**typed).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert state(request) == ("tried", "Line one\nLine two")
    assert request.events.filter(what="No answer").count() == 1
    Window(desk, request).save(what_happened="No answer")
    assert request.events.filter(what="No answer").count() == 2


def test_action_on_the_list_counts_as_another_person(desk, jo):
    request = make_request()
    window = Window(desk, request)
    list_url = "/admin/leads/consultationrequest/"
    jo.post(list_url, {"action": "mark_booked", "_selected_action": [request.pk]})

    response = window.save(status="tried")

    assert "Jo Day changed it" in page_text(response)
    assert state(request) == ("booked", "")


def test_other_error_does_not_lose_what_was_merged_or_asked(desk, jo):
    request = make_request()
    window = Window(desk, request)
    Window(jo, request).save(status="booked", notes="Jo's")

    response = window.save(notes="Mine", what_happened="x" * 201)

    assert questions(response) == {"keep-notes": []}
    assert window.fields["status"] == "booked"
    assert "at most 200 characters" in page_text(response)
    window.save(**{"what_happened": "Rang", "keep-notes": "mine"})
    assert state(request) == ("booked", "Mine")


@pytest.mark.parametrize("forged", ["", "nonsense", "eyJhIjoxfQ:1:x"])
def test_forged_state_of_a_form_overwrites_nothing_unasked(desk, forged):
    request = make_request(status="booked")
    window = Window(desk, request)

    response = window.save(_opened=forged, status="new")

    assert questions(response) == {"keep-status": []}
    assert state(request) == ("booked", "")


def test_state_of_another_record_overwrites_nothing_unasked(desk):
    other, request = make_request(), make_request(digest="d2", status="booked")
    window = Window(desk, request)

    response = window.save(_opened=Window(desk, other).fields["_opened"], status="new")

    assert questions(response) == {"keep-status": []}
    assert state(request) == ("booked", "")

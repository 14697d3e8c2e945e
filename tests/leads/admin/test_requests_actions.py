import logging

import pytest

from leads.models import AccessRecord, ConsultationRequest, OutgoingMail
from tests.admin_pages import messages, page_text, run_action
from tests.factories import make_request
from tests.staff import client_of

LIST = "/admin/leads/consultationrequest/"


def messages_with_level(response):
    return [(message.level_tag, message.message) for message in response.context["messages"]]


@pytest.mark.parametrize("status", ConsultationRequest.Status.values)
def test_action_marks_the_chosen(desk, status):
    request, other = make_request(status="contacted"), make_request(digest="d2")

    response = run_action(desk, LIST, f"mark_{status}", request)

    request.refresh_from_db()
    other.refresh_from_db()
    assert (request.status, other.status) == (status, "new")
    assert request.events.count() == 1
    assert messages(response) == [f"1 marked as: {ConsultationRequest.Status(status).label}."]


def test_action_release_queues_the_mails(desk):
    request = make_request(suspicion="the hidden field was filled in")

    run_action(desk, LIST + "?held_back=yes", "release", request)

    request.refresh_from_db()
    assert request.suspicion == ""
    assert sorted(OutgoingMail.objects.values_list("kind", flat=True)) == [
        "request_alert",
        "request_receipt",
    ]
    assert request.events.get().what == "Released: was held back as suspicious"


def test_action_release_skips_requests_not_held_back(desk):
    request = make_request()

    response = run_action(desk, LIST, "release", request)

    assert OutgoingMail.objects.count() == 0
    assert messages_with_level(response) == [("warning", "None of these is held back.")]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("delete_spam", "None deleted, as none of these is held back."),
        ("mark_new", "None marked: they are “To call” already."),
    ],
)
def test_action_that_finds_nothing_to_do_says_so(desk, action, words):
    response = run_action(desk, LIST, action, make_request())

    assert messages_with_level(response) == [("warning", words)]
    assert ConsultationRequest.objects.count() == 1


def test_action_export_needs_its_own_right(desk):
    request = make_request()
    exporter = client_of(
        "exporter", "leads.view_consultationrequest", "leads.export_consultationrequest"
    )

    refused = run_action(desk, LIST, "export_csv", request)
    given = run_action(exporter, LIST, "export_csv", request)

    assert refused["Content-Type"].startswith("text/html")
    assert b'"Ann Lee","\'+12485550123","(248) 555-0123"' in b"".join(given.streaming_content)
    assert AccessRecord.objects.get(what="Exported").about == "consultation requests: 1"


def test_action_export_is_logged_without_personal_data(owner, caplog):
    with caplog.at_level(logging.INFO, logger="leads.privacy.export"):
        run_action(owner, LIST, "export_csv", make_request())

    (record,) = [r for r in caplog.records if r.name == "leads.privacy.export"]
    assert record.fields["what"] == "consultationrequest"
    assert record.fields["rows"] == 1
    assert "Ann" not in str(record.__dict__)


def test_delete_asks_first_and_needs_the_right(desk, owner):
    request = make_request()
    desk.post(f"{LIST}{request.pk}/delete/", {"post": "yes"})
    assert ConsultationRequest.objects.count() == 1

    question = run_action(owner, LIST, "delete_selected", request)
    owner.post(f"{LIST}{request.pk}/delete/", {"post": "yes"})

    assert "Are you sure" in page_text(question)
    assert ConsultationRequest.objects.count() == 0

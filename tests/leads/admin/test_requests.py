import logging
import re

import pytest
from django.contrib.auth.models import Permission, User

from leads.models import AccessRecord, ConsultationRequest, OutgoingMail
from tests.admin_pages import column, messages, run_action, same_queries, visible
from tests.factories import make_bounce, make_request
from tests.staff import client_of

LIST = "/admin/leads/consultationrequest/"


def told(response):
    return [(message.level_tag, message.message) for message in response.context["messages"]]


def change_url(request):
    return f"{LIST}{request.pk}/change/"


def test_list_shows_who_asked(desk):
    make_request()

    response = desk.get(LIST)

    assert column(response, "name") == ["Ann Lee"]
    assert column(response, "reach") == ["(248) 555-0123"]
    assert column(response, "status_badge") == ["To call"]
    assert 'href="tel:+12485550123"' in response.text


def test_list_shows_the_address_of_whom_no_call_reaches(desk):
    make_request(phone="", phone_typed="")
    make_bounce()

    response = desk.get(LIST)

    assert column(response, "reach") == ["ann@example.com Mail came back"]
    assert 'href="mailto:ann@example.com"' in response.text


def test_extension_is_shown_and_dialed_wherever_one_calls(desk):
    request = make_request(phone_typed="248-555-0123 x22")

    pages = [desk.get(url) for url in (LIST, change_url(request), "/admin/")]

    assert ["(248) 555-0123 ext. 22" in visible(page) for page in pages] == [True, True, True]
    assert ['href="tel:+12485550123,22"' in page.text for page in pages] == [True, True, True]


def test_list_hides_and_counts_what_is_held_back(desk):
    make_request()
    make_request(name="Bot", digest="d2", suspicion="there is a link in the name")

    taken, held_back = desk.get(LIST), desk.get(LIST, {"held_back": "yes"})

    assert column(taken, "name") == ["Ann Lee"]
    assert "Held back (1)" in visible(taken)
    assert column(held_back, "name") == ["Bot"]
    assert column(held_back, "status_badge") == ["Held back"]
    assert column(held_back, "suspicion") == ["there is a link in the name"]
    assert column(taken, "suspicion") == []


def test_list_shows_the_note_beside_why_it_is_held_back(desk):
    words = "My back <b>hurts</b>. " + "Please call. " * 40
    make_request(note=words, suspicion="the hidden field was filled in")
    make_request(digest="d2", suspicion="there is a link in the name")

    held_back = desk.get(LIST, {"held_back": "yes"})

    blank, shown = column(held_back, "note_begins")
    assert blank == "-"
    assert shown == words[:299] + "…"
    assert "<b>hurts" not in held_back.text
    assert column(desk.get(LIST), "note_begins") == []


def press(client, page, action):
    """A button of the warning on a held-back lead's page."""
    (form,) = re.findall(r'<form method="post" action="(.*?)">(.*?)</form>', page.text, re.DOTALL)
    assert f'name="action" value="{action}"' in form[1]
    (chosen,) = re.findall(r'name="_selected_action" value="(\d+)"', form[1])
    return client.post(form[0], {"action": action, "_selected_action": chosen}, follow=True)


@pytest.mark.parametrize(
    ("action", "left", "said"),
    [
        ("release", [""], "1 released; their mails are on the way."),
        ("delete_spam", [], "1 deleted."),
    ],
)
def test_held_back_page_says_why_and_offers_the_way_out(desk, action, left, said):
    request = make_request(suspicion="there is a <b>link</b> in the name")

    page = desk.get(change_url(request))
    response = press(desk, page, action)

    assert "Held back: there is a <b>link</b> in the name" in visible(page)
    assert "<b>link" not in page.text
    assert messages(response) == [said]
    assert list(ConsultationRequest.objects.values_list("suspicion", flat=True)) == left


def test_held_back_page_offers_nothing_to_whoever_only_looks(desk):
    held, taken = make_request(suspicion="a link in the name"), make_request(digest="d2")
    viewer = client_of("viewer", "leads.view_consultationrequest")

    looked = viewer.get(change_url(held)).text

    assert "Held back: a link in the name" in looked
    assert "delete_spam" not in looked
    assert "Held back" not in desk.get(change_url(taken)).text


@pytest.mark.parametrize(
    "typed",
    [
        "lee",
        "ann@example.com",
        "(248) 555-0123",
        "248.555.0123",
        "555 0123",
        "+1 248 555 0123",
        "248-555-0123 x22",
        "phone 248-555-0123",
    ],
)
def test_search_finds_a_person(desk, typed):
    make_request()
    make_request(name="Bo", email="bo@example.com", phone="+12485559999", digest="d2")

    response = desk.get(LIST, {"q": typed})

    assert column(response, "name") == ["Ann Lee"]


def test_search_finds_who_is_held_back(desk):
    make_request(suspicion="the hidden field was filled in")

    assert column(desk.get(LIST, {"q": "Ann"}), "name") == ["Ann Lee"]


def test_list_filters_those_who_wait(desk):
    for status in ConsultationRequest.Status.values:
        make_request(name=status, status=status, digest=status)

    waiting = desk.get(LIST, {"status__exact": "open"})
    reached = desk.get(LIST, {"status__exact": "reached"})

    assert sorted(column(waiting, "name")) == ["new", "tried"]
    assert column(reached, "name") == ["reached"]


def test_list_runs_the_same_number_of_queries(desk):
    def fill(numbers):
        for number in numbers:
            make_request(digest=f"d{number}")

    assert same_queries(desk, LIST, fill)


def test_change_page_shows_what_was_typed_and_lets_nobody_edit_it(desk):
    request = make_request(note="Line <b>one</b>")

    response = desk.get(change_url(request))

    assert set(response.context["adminform"].form.fields) == {"status", "notes", "what_happened"}
    assert "Line &lt;b&gt;one&lt;/b&gt;" in response.text
    assert "Phone as typed: (248) 555-0123" in visible(response)
    assert "Do not leave one" in visible(response)


def test_change_writes_the_timeline(desk):
    request = make_request()
    data = {"status": "reached", "notes": "Likes mornings", "what_happened": "Left a voicemail"}

    desk.post(change_url(request), data)

    request.refresh_from_db()
    assert (request.status, request.notes, request.name) == ("reached", "Likes mornings", "Ann Lee")
    assert [(e.by.username, e.what) for e in request.events.order_by("pk")] == [
        ("desk", "Status: To call → Reached"),
        ("desk", "Notes changed"),
        ("desk", "Left a voicemail"),
    ]
    assert "Status: To call → Reached" in visible(desk.get(change_url(request)))


def test_change_page_is_titled_by_the_person_and_tells_the_past_first(desk):
    request = make_request()
    request.events.create(what="Left <b>a</b> voicemail", by=User.objects.get(username="desk"))
    request.events.create(what="Called")

    page = desk.get(change_url(request))

    words = visible(page)
    assert f"<h1>Ann Lee – consultation request #{request.pk}</h1>" in page.text
    assert re.search(r"So far .*M, a former login: Called .*, desk: Left <b>a</b> voice", words)
    assert words.index("Called") < words.index("What we did")
    assert "<b>a</b>" not in page.text
    assert "/auth/user/" not in page.text.partition("So far")[2]


def test_change_without_a_difference_writes_nothing(desk):
    request = make_request()

    desk.post(change_url(request), {"status": "new", "notes": "", "what_happened": ""})

    assert request.events.count() == 0


def test_change_from_the_worklist_leads_back_to_it(desk):
    request = make_request()

    response = desk.post(change_url(request) + "?from=today", {"status": "reached"})

    assert response["Location"] == "/admin/"


def test_change_page_is_recorded_as_a_look(desk):
    request = make_request()

    desk.get(change_url(request))

    records = AccessRecord.objects.values_list("username", "what", "about")
    assert list(records) == [("desk", "Opened", f"Request #{request.pk}")]


def test_typed_text_is_escaped_everywhere(desk):
    request = make_request(name="<img src=x onerror=alert(1)>", note="<script>x</script>")

    pages = [desk.get(url).text for url in (LIST, change_url(request), "/admin/")]

    assert all("<img src=x" not in page and "<script>x" not in page for page in pages)
    assert "&lt;img src=x onerror=alert(1)&gt;" in pages[0]


@pytest.mark.parametrize("status", ConsultationRequest.Status.values)
def test_action_marks_the_chosen(desk, status):
    request, other = make_request(status="contacted"), make_request(digest="d2")

    response = run_action(desk, LIST, f"mark_{status}", request)

    request.refresh_from_db()
    other.refresh_from_db()
    assert (request.status, other.status) == (status, "new")
    assert request.events.count() == 1
    assert messages(response) == [f"1 marked as: {ConsultationRequest.Status(status).label}."]


def test_action_release_takes_the_ordinary_path(desk):
    request = make_request(suspicion="the hidden field was filled in")

    run_action(desk, LIST + "?held_back=yes", "release", request)

    request.refresh_from_db()
    assert request.suspicion == ""
    assert sorted(OutgoingMail.objects.values_list("kind", flat=True)) == [
        "request_alert",
        "request_receipt",
    ]
    assert request.events.get().what == "Released: was held back as suspicious"


def test_action_release_leaves_taken_ones_alone(desk):
    request = make_request()

    response = run_action(desk, LIST, "release", request)

    assert OutgoingMail.objects.count() == 0
    assert told(response) == [("warning", "None of these is held back.")]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("delete_spam", "None deleted, as none of these is held back."),
        ("mark_new", "None marked: they are “To call” already."),
    ],
)
def test_action_that_finds_nothing_to_do_says_so(desk, action, words):
    response = run_action(desk, LIST, action, make_request())

    assert told(response) == [("warning", words)]
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

    assert "Are you sure" in visible(question)
    assert ConsultationRequest.objects.count() == 0


def test_nobody_adds_a_request_by_hand(owner):
    assert owner.get(LIST + "add/").status_code == 403


def test_a_viewer_reads_and_changes_nothing(db):
    request = make_request()
    viewer = client_of("viewer", "leads.view_consultationrequest")

    page = viewer.get(change_url(request))
    answer = viewer.post(change_url(request), {"status": "closed"})

    assert "Ann Lee" in visible(page)
    assert "What happened:" not in visible(page)
    assert answer.status_code == 403
    assert viewer.get(LIST).context["action_form"] is None


def test_without_rights_there_are_no_requests(nobody, editor):
    request = make_request()

    assert [client.get(LIST).status_code for client in (nobody, editor)] == [403, 403]
    assert nobody.get(change_url(request)).status_code == 403
    assert Permission.objects.filter(user__username="nobody").count() == 0

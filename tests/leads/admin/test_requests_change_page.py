import re

import pytest
from django.contrib.auth.models import User

from leads.models import AccessRecord, ConsultationRequest
from tests.admin_pages import messages, page_text
from tests.factories import make_request
from tests.staff import client_of

LIST = "/admin/leads/consultationrequest/"


def change_url(request):
    return f"{LIST}{request.pk}/change/"


def test_extension_is_shown_and_dialed_on_each_page(desk):
    request = make_request(phone_typed="248-555-0123 x22")

    pages = [desk.get(url) for url in (LIST, change_url(request), "/admin/")]

    assert ["(248) 555-0123 ext. 22" in page_text(page) for page in pages] == [True, True, True]
    assert ['href="tel:+12485550123,22"' in page.text for page in pages] == [True, True, True]


def press(client, page, action):
    """Presses a button in the warning on a held-back lead's page."""
    (form,) = re.findall(r'<form method="post" action="(.*?)">(.*?)</form>', page.text, re.DOTALL)
    assert f'name="action" value="{action}"' in form[1]
    (chosen,) = re.findall(r'name="_selected_action" value="(\d+)"', form[1])
    return client.post(form[0], {"action": action, "_selected_action": chosen}, follow=True)


@pytest.mark.parametrize(
    ("action", "left", "said"),
    [
        ("release", [""], "1 released. Their mails are in the outbox."),
        ("delete_spam", [], "1 deleted."),
    ],
)
def test_held_back_page_says_why_and_offers_both_actions(desk, action, left, said):
    request = make_request(suspicion="there is a <b>link</b> in the name")

    page = desk.get(change_url(request))
    response = press(desk, page, action)

    assert "Held back: there is a <b>link</b> in the name" in page_text(page)
    assert "<b>link" not in page.text
    assert messages(response) == [said]
    assert list(ConsultationRequest.objects.values_list("suspicion", flat=True)) == left


def test_held_back_page_offers_no_action_to_a_viewer(desk):
    held, taken = make_request(suspicion="a link in the name"), make_request(digest="d2")
    viewer = client_of("viewer", "leads.view_consultationrequest")

    looked = viewer.get(change_url(held)).text

    assert "Held back: a link in the name" in looked
    assert "delete_spam" not in looked
    assert "Held back" not in desk.get(change_url(taken)).text


def test_change_page_shows_typed_text_without_a_field_for_it(desk):
    request = make_request(note="Line <b>one</b>")

    response = desk.get(change_url(request))

    assert set(response.context["adminform"].form.fields) == {"status", "notes", "what_happened"}
    assert "Line &lt;b&gt;one&lt;/b&gt;" in response.text
    assert "Phone as typed: (248) 555-0123" in page_text(response)
    assert "Do not leave one" in page_text(response)


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
    assert "Status: To call → Reached" in page_text(desk.get(change_url(request)))


def test_change_page_has_the_name_as_title_and_the_timeline_first(desk):
    request = make_request()
    request.events.create(what="Left <b>a</b> voicemail", by=User.objects.get(username="desk"))
    request.events.create(what="Called")

    page = desk.get(change_url(request))

    words = page_text(page)
    assert f"<h1>Ann Lee – consultation request #{request.pk}</h1>" in page.text
    assert re.search(r"So far .*M, a former login: Called .*, desk: Left <b>a</b> voice", words)
    assert words.index("Called") < words.index("What we did")
    assert "<b>a</b>" not in page.text
    assert "/auth/user/" not in page.text.partition("So far")[2]


def test_change_without_a_difference_writes_nothing(desk):
    request = make_request()

    desk.post(change_url(request), {"status": "new", "notes": "", "what_happened": ""})

    assert request.events.count() == 0


def test_change_from_the_worklist_redirects_back_to_it(desk):
    request = make_request()

    response = desk.post(change_url(request) + "?from=today", {"status": "reached"})

    assert response["Location"] == "/admin/"


def test_change_page_is_recorded(desk):
    request = make_request()

    desk.get(change_url(request))

    records = AccessRecord.objects.values_list("username", "what", "about")
    assert list(records) == [("desk", "Opened", f"Request #{request.pk}")]


def test_typed_text_is_escaped_everywhere(desk):
    request = make_request(name="<img src=x onerror=alert(1)>", note="<script>x</script>")

    pages = [desk.get(url).text for url in (LIST, change_url(request), "/admin/")]

    assert all("<img src=x" not in page and "<script>x" not in page for page in pages)
    assert "&lt;img src=x onerror=alert(1)&gt;" in pages[0]


def test_a_viewer_reads_and_changes_nothing(db):
    request = make_request()
    viewer = client_of("viewer", "leads.view_consultationrequest")

    page = viewer.get(change_url(request))
    answer = viewer.post(change_url(request), {"status": "closed"})

    assert "Ann Lee" in page_text(page)
    assert "What happened:" not in page_text(page)
    assert answer.status_code == 403
    assert viewer.get(LIST).context["action_form"] is None

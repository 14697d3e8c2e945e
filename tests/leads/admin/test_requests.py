import pytest
from django.contrib.auth.models import Permission

from leads.models import ConsultationRequest
from tests.admin_pages import column, is_refused, page_text, same_queries
from tests.factories import make_bounce, make_request

LIST = "/admin/leads/consultationrequest/"


def change_url(request):
    return f"{LIST}{request.pk}/change/"


def test_list_shows_who_asked(desk):
    make_request()

    response = desk.get(LIST)

    assert column(response, "name") == ["Ann Lee"]
    assert column(response, "reach") == ["(248) 555-0123"]
    assert column(response, "status_badge") == ["To call"]
    assert 'href="tel:+12485550123"' in response.text


def test_list_shows_the_address_of_a_person_without_a_phone(desk):
    make_request(phone="", phone_typed="")
    make_bounce()

    response = desk.get(LIST)

    assert column(response, "reach") == ["ann@example.com Mail came back"]
    assert 'href="mailto:ann@example.com"' in response.text


def test_list_hides_and_counts_held_back_requests(desk):
    make_request()
    make_request(name="Bot", digest="d2", suspicion="there is a link in the name")

    taken, held_back = desk.get(LIST), desk.get(LIST, {"held_back": "yes"})

    assert column(taken, "name") == ["Ann Lee"]
    assert "By whether held back Not held back Held back (1) Both" in page_text(taken)
    assert "By received Any date Today" in page_text(taken)
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


def test_search_finds_held_back_requests(desk):
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


def test_request_cannot_be_added_in_the_admin(owner):
    data = {"name": "Ann", "phone": "+12485550123", "status": "new", "best_time": "any"}

    added = owner.post(LIST + "add/", data)

    assert is_refused(owner.get(LIST + "add/"))
    assert added.status_code == 403
    assert ConsultationRequest.objects.count() == 0


def test_without_rights_there_are_no_requests(nobody, editor):
    request = make_request()

    assert [client.get(LIST).status_code for client in (nobody, editor)] == [403, 403]
    assert nobody.get(change_url(request)).status_code == 403
    assert Permission.objects.filter(user__username="nobody").count() == 0

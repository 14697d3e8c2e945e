import pytest

from leads.models import AccessRecord, Bounce
from tests.admin_pages import column, is_refused, same_queries
from tests.factories import make_bounce
from tests.staff import client_of

LIST = "/admin/leads/bounce/"


@pytest.fixture
def front(db):
    return client_of("front", "leads.view_bounce", "leads.delete_bounce")


def test_list_shows_whom_mail_does_not_reach_and_why(front):
    make_bounce(words="550 <no> user")

    response = front.get(LIST)

    assert column(response, "address") == ["ann@example.com"]
    assert column(response, "reason_badge") == ["Mail came back"]
    assert "550 &lt;no&gt; user" in response.text


def test_list_filters_and_searches(front):
    make_bounce()
    make_bounce(address="bo@example.com", reason="complaint")

    assert column(front.get(LIST, {"reason__exact": "complaint"}), "address") == ["bo@example.com"]
    assert column(front.get(LIST, {"q": "ann@"}), "address") == ["ann@example.com"]


def test_list_runs_the_same_number_of_queries(front):
    def fill(numbers):
        for number in numbers:
            make_bounce(address=f"{number}@example.com")

    assert same_queries(front, LIST, fill)


def test_mark_is_deleted_when_it_is_wrong(front):
    bounce = make_bounce()

    front.post(f"{LIST}{bounce.pk}/delete/", {"post": "yes"})

    assert Bounce.objects.count() == 0
    assert AccessRecord.objects.get(what="Deleted").about == f"Bounce #{bounce.pk}"


def test_mark_is_neither_added_nor_changed(front, owner):
    bounce = make_bounce()

    changed = owner.post(f"{LIST}{bounce.pk}/change/", {"words": "x"})

    assert is_refused(owner.get(f"{LIST}add/"))
    assert changed.status_code == 403
    assert Bounce.objects.values("pk", "words").get() == {"pk": bounce.pk, "words": bounce.words}


def test_without_rights_there_are_no_bounces(nobody, editor):
    make_bounce()

    pages = [client.get(LIST) for client in (nobody, editor)]

    assert [is_refused(page) for page in pages] == [True, True]
    assert all("ann@example.com" not in page.text for page in pages)

"""Each admin page that shows people's details writes an access record."""

import pytest

from leads.models import AccessRecord
from tests.admin_pages import run_action
from tests.factories import make_bounce, make_mail, make_request, make_signup

MAKERS = {
    "ebooksignup": (make_signup, "ebook sign-ups", "Sign-up"),
    "consultationrequest": (make_request, "consultation requests", "Request"),
    "outgoingmail": (make_mail, "outbox", "library_link"),
    "bounce": (make_bounce, "bounced addresses", "Bounce"),
}


def access_records():
    found = list(AccessRecord.objects.order_by("pk").values_list("username", "what", "about"))
    AccessRecord.objects.all().delete()
    return found


@pytest.mark.parametrize("kind", MAKERS)
def test_views_of_list_and_row_are_recorded(owner, kind):
    make, plural, name = MAKERS[kind]
    row = make()

    owner.get(f"/admin/leads/{kind}/", {"q": "ann@example.com"})
    listed = access_records()
    owner.get(f"/admin/leads/{kind}/{row.pk}/change/")

    assert listed == [("owner", "Listed", f"{plural}: 1, page 1")]
    assert access_records() == [("owner", "Opened", f"{name} #{row.pk}")]


def test_view_of_today_is_recorded_when_it_shows_people(owner):
    owner.get("/admin/")
    assert access_records() == []

    make_request()
    owner.get("/admin/")

    assert access_records() == [("owner", "Listed", "consultation requests: 1, Today")]


@pytest.mark.parametrize("kind", MAKERS)
def test_refused_view_is_not_recorded(nobody, kind):
    make, *_ = MAKERS[kind]
    row = make()

    nobody.get(f"/admin/leads/{kind}/")
    nobody.get(f"/admin/leads/{kind}/{row.pk}/change/")

    assert access_records() == []


def test_view_that_cannot_be_recorded_shows_nothing(owner, monkeypatch):
    def fail(*args):
        raise RuntimeError

    make_signup()
    monkeypatch.setattr("leads.privacy.audit.record", fail)
    owner.raise_request_exception = False

    response = owner.get("/admin/leads/ebooksignup/")

    assert response.status_code == 500
    assert "ann@example.com" not in response.text


@pytest.mark.parametrize("kind", ["ebooksignup", "consultationrequest", "bounce"])
def test_deletions_are_recorded_one_by_one(owner, kind):
    make, _, name = MAKERS[kind]
    row = make()

    run_action(owner, f"/admin/leads/{kind}/", "delete_selected", row)
    data = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    owner.post(f"/admin/leads/{kind}/", data)

    deleted = [record for record in access_records() if record[1] == "Deleted"]
    assert deleted == [("owner", "Deleted", f"{name} #{row.pk}")]

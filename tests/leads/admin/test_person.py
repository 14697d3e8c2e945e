"""The page on which staff export or erase all we store about a person."""

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

from leads.models import AccessRecord, ConsultationRequest, EbookSignup, OutgoingMail, Suppression
from tests.admin_pages import is_refused, messages, page_text
from tests.database import whole_database
from tests.factories import make_bounce, make_mail, make_practice, make_request, make_signup
from tests.staff import client_of

KINDS = ("ebooksignup", "consultationrequest")


@pytest.fixture
def clerk(db):
    """May export and not erase."""
    return client_of(
        "clerk", *[f"leads.{do}_{kind}" for kind in KINDS for do in ("view", "export")]
    )


@pytest.fixture
def ann(db):
    make_practice()
    make_signup()
    make_mail()
    make_bounce()
    make_request(digest="phone alone", email="")
    return make_request()


def url(lead):
    return f"/admin/leads/{lead._meta.model_name}/{lead.pk}/person/"


def people_in_database():
    """Without the access log, because every page adds to it."""
    tables = {name: rows for name, rows in whole_database().items() if name.startswith("leads_")}
    tables.pop("leads_accessrecord")
    return tables


def access_records():
    return list(AccessRecord.objects.values_list("what", "about"))


def test_person_page_counts_what_is_stored_and_changes_nothing(owner, ann):
    before = people_in_database()

    page = page_text(owner.get(url(ann)))

    assert "requests by phone: 1 , requests: 1 , sign-ups: 1 , mails: 1 , bounces: 1 ." in page
    assert people_in_database() == before


@pytest.mark.parametrize("kind", KINDS)
def test_person_page_names_the_person_and_is_recorded(owner, ann, kind):
    lead = {"ebooksignup": EbookSignup, "consultationrequest": ConsultationRequest}[kind]
    lead = lead.objects.latest("pk")
    shown = {
        "ebooksignup": "Name Ann Email ann@example.com What we store",
        "consultationrequest": "Name Ann Lee Phone (248) 555-0123 Email ann@example.com What",
    }

    page = page_text(owner.get(url(lead)))

    assert shown[kind] in page
    assert "Yes, erase Ann" in page
    assert access_records() == [("Opened", str(lead))]


@pytest.mark.parametrize("tick", [{}, {"sure": ""}])
def test_person_is_not_erased_without_the_tick(owner, ann, tick):
    before = people_in_database()

    response = owner.post(url(ann), {"do": "erase"} | tick)

    assert "Nothing was erased. Tick the box first" in page_text(response)
    assert people_in_database() == before
    assert access_records() == [("Opened", f"Request #{ann.pk}")]


@pytest.mark.parametrize("kind", KINDS)
def test_person_page_is_linked_from_the_lead(owner, desk, ann, kind):
    lead = {"ebooksignup": EbookSignup, "consultationrequest": ConsultationRequest}[kind]
    lead = lead.objects.latest("pk")
    change = f"/admin/leads/{kind}/{lead.pk}/change/"

    assert f'href="{url(lead)}"' in owner.get(change).text
    assert f'href="{url(lead)}"' not in desk.get(change).text


def test_person_is_exported_and_that_is_recorded(clerk, ann):
    response = clerk.post(url(ann), {"do": "download"})

    found = response.json()
    assert response["Content-Disposition"] == (
        f'attachment; filename="consultationrequest-{ann.pk}.json"'
    )
    assert [request["phone"] for request in found["requests_by_phone"]] == ["+12485550123"]
    assert access_records() == [("Exported", f"Request #{ann.pk}: all about the person")]


def test_person_is_erased_everywhere_and_that_is_recorded(owner, ann):
    make_signup(email="bo@example.com", email_key="bo@example.com")

    response = owner.post(url(ann), {"do": "erase", "sure": "on"}, follow=True)

    assert messages(response) == [
        "Erased: requests by phone: 1, requests: 1, sign-ups: 1, mails: 1, bounces: 1. Backups"
        " still hold it until they are deleted."
    ]
    assert EbookSignup.objects.get().email == "bo@example.com"
    assert (ConsultationRequest.objects.count(), OutgoingMail.objects.count()) == (0, 0)
    assert Suppression.objects.count() == 1
    assert ("Erased", f"Request #{ann.pk}: all about the person") in access_records()


def test_person_with_a_phone_alone_is_erased_without_anyone_else(owner, db):
    alone = make_request(email="", phone="+17345550187")
    make_request(digest="2", email="", phone="+17345550188")
    make_request(digest="3", email="bo@example.com", phone="+17345550187")

    owner.post(url(alone), {"do": "erase", "sure": "on"})

    kept = set(ConsultationRequest.objects.values_list("digest", flat=True))
    assert kept == {"2", "3"}
    assert Suppression.objects.count() == 0


def test_person_is_not_erased_by_staff_who_may_only_export(clerk, ann):
    response = clerk.post(url(ann), {"do": "erase", "sure": "on"})

    assert "Erase this person" not in response.text
    assert ConsultationRequest.objects.count() == 2


@pytest.mark.parametrize("who", ["desk", "editor", "nobody"])
def test_person_page_is_closed_to_others(request, ann, who):
    client = request.getfixturevalue(who)

    erased = client.post(url(ann), {"do": "erase", "sure": "on"})

    assert is_refused(client.get(url(ann)))
    assert erased.status_code == 403
    assert ConsultationRequest.objects.count() == 2


def test_person_page_is_closed_to_visitors(client, ann):
    assert client.post(url(ann), {"do": "erase", "sure": "on"})["Location"].startswith(
        "/admin/login/"
    )
    assert ConsultationRequest.objects.count() == 2


def test_person_page_of_a_lead_that_is_gone(owner, db):
    make_practice()

    page = owner.get("/admin/leads/ebooksignup/12345/person/")

    assert page.status_code == 404
    assert "We could not find that page" in page_text(page)


def test_person_is_not_erased_by_a_forged_post(ann):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("owner"))

    assert client.post(url(ann), {"do": "erase"}).status_code == 403
    assert ConsultationRequest.objects.count() == 2


def test_erasure_that_fails_is_not_in_the_access_log(owner, ann, monkeypatch):
    def fail(**who):
        raise OperationalError("database is locked")

    monkeypatch.setattr("leads.privacy.person.erase", fail)

    response = owner.post(url(ann), {"do": "erase", "sure": "on"})

    assert response.status_code == 503
    assert not AccessRecord.objects.filter(what="Erased").exists()

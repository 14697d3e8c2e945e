import json

import pytest

from leads.privacy import person
from tests.factories import make_mail, make_practice, make_request, make_signup
from tests.leads.everything import NAME, NOTE, fill_in_everything
from tests.leads.news_factories import ADDRESS


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.", **ADDRESS)


def test_export_holds_everything_about_the_person(client):
    fill_in_everything(client)

    found = person.export(email=" ZEB.QUUX@example.com ")

    assert found["signups"][0]["first_name"] == NAME
    assert found["signups"][0]["notes"] == "He is kind"
    events = [consent["event"] for consent in found["signups"][0]["consents"]]
    assert sorted(events) == ["asked", "confirmed"]
    request = found["requests"][0]
    assert (request["phone"], request["note"]) == ("+17345550187", NOTE)
    assert request["events"][0]["what"] == "Left a voicemail for Zebulon"
    assert request["consents"][0]["purpose"] == "voicemail"
    assert sorted(mail["kind"] for mail in found["mails"]) == [
        "library_link", "news", "news_confirm", "request_receipt",
    ]  # fmt: skip
    assert [bounce["reason"] for bounce in found["bounces"]] == ["dead"]
    assert found["gets_no_news"] is False
    json.dumps(found)


def test_export_holds_nothing_of_anyone_else():
    make_signup()
    make_request()
    make_mail()

    found = person.export(email="nn@example.com")

    assert (found["signups"], found["requests"], found["mails"]) == ([], [], [])


def test_export_finds_requests_by_phone_for_staff_only():
    make_request(digest="1")
    make_request(digest="2", email="", name="By phone")
    make_request(digest="3", email="spouse@example.com", name="Spouse")

    by_link = person.export(email="ann@example.com")
    by_staff = person.export(email="ann@example.com", by_phone=True)

    assert [request["name"] for request in by_link["requests"]] == ["Ann Lee"]
    assert "requests_by_phone" not in by_link
    assert [request["name"] for request in by_staff["requests_by_phone"]] == ["By phone"]


def test_export_by_phone_never_matches_an_empty_number():
    make_request(digest="1", phone="")
    make_request(digest="2", email="", phone="+12485550199")

    assert person.export(email="ann@example.com", by_phone=True)["requests_by_phone"] == []

"""The page on which a person confirms that they want news."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leads import links
from leads.models import EbookSignup
from leads.news import consent, mailing
from tests.factories import make_practice
from tests.leads.news_factories import ADDRESS, WORDING, ledger, make_asked, make_reader, withdraw


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text=WORDING, **ADDRESS)


def confirm_path():
    return links.news_confirm_path(EbookSignup.objects.get())


def test_news_confirm_page_has_a_button_and_changes_nothing(client):
    signup = make_asked()

    response = client.get(confirm_path())

    assert response.status_code == 200
    assert "Yes, send me the news" in response.text
    assert WORDING in response.text
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert response["Referrer-Policy"] == "same-origin"
    assert ledger(signup) == ["asked"]


def test_news_confirm_button_writes_the_wording_and_the_page(client):
    signup = make_asked()

    response = client.post(confirm_path())

    assert (response.status_code, response["Location"]) == (303, response.request["PATH_INFO"])
    consent = signup.consents.get(event="confirmed")
    assert (consent.purpose, consent.wording, consent.page) == ("news", WORDING, "/news/confirm/")
    done = client.get(response["Location"])
    assert "You’re signed up" in done.text
    assert done["Referrer-Policy"] == "no-referrer"


def test_news_confirm_pressed_again_is_harmless(client):
    signup = make_asked()
    client.post(confirm_path())

    assert client.post(confirm_path()).status_code == 303
    assert ledger(signup) == ["asked", "confirmed"]


def test_news_confirm_works_for_7_days(client, time_machine):
    make_asked()
    path, issued_at = confirm_path(), timezone.now()

    time_machine.move_to(issued_at + timedelta(days=7, minutes=-1))
    assert client.get(path).status_code == 200
    time_machine.move_to(issued_at + timedelta(days=7, minutes=1))
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert EbookSignup.objects.news_readers().count() == 0


def test_news_confirm_from_another_site_is_refused(client):
    signup = make_asked()

    response = client.post(confirm_path(), headers={"origin": "https://evil.example"})

    assert response.status_code == 403
    assert ledger(signup) == ["asked"]


def test_news_confirm_by_an_old_link_does_not_undo_an_unsubscribe(client):
    reader = make_reader()
    withdraw(reader)

    client.post(confirm_path())

    assert client.get(confirm_path()).status_code == 410
    assert ledger(reader) == ["asked", "confirmed", "withdrawn"]
    assert consent.find_suppressed([reader.email_key]) == {reader.email_key}


@pytest.mark.parametrize("kind", ["confirm", "unsubscribe"])
@pytest.mark.parametrize("token", ["x", "a:b", "a:b:c", "%00", "é"])
def test_news_link_that_is_forged_is_unknown(client, kind, token):
    make_reader()

    assert client.get(f"/news/{kind}/{token}/").status_code == 404
    assert client.post(f"/news/{kind}/{token}/").status_code == 404
    assert EbookSignup.objects.news_readers().count() == 1


def test_news_links_are_good_for_their_own_purpose_only(client):
    reader = make_asked()
    library = links.library_path(reader).split("/")[-2]

    assert client.post(f"/news/confirm/{library}/").status_code == 404
    assert client.post(f"/news/unsubscribe/{library}/").status_code == 404
    assert ledger(reader) == ["asked"]


def send(message):
    mailing.start(message)
    mailing.continue_sending(message)
    message.refresh_from_db()

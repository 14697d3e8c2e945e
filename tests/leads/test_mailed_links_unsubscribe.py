"""The page, and the one-click address, that stop the news (RFC 8058)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leads import links
from leads.models import EbookSignup, OutgoingMail, Suppression
from tests.factories import make_mail, make_practice
from tests.leads.news_factories import ADDRESS, WORDING, ledger, make_reader


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text=WORDING, **ADDRESS)


def kinds():
    return sorted(OutgoingMail.objects.values_list("kind", flat=True))


def unsubscribe_path(reader):
    return links.news_unsubscribe_path(reader.public_id)


def test_news_unsubscribe_page_has_a_button_and_changes_nothing(client):
    reader = make_reader()

    response = client.get(unsubscribe_path(reader))

    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")
    assert "Stop the news" in response.text
    assert ledger(reader) == ["asked", "confirmed"]


def test_news_unsubscribe_button_withdraws(client):
    reader = make_reader()

    response = client.post(unsubscribe_path(reader))

    assert (response.status_code, response["Location"]) == (303, unsubscribe_path(reader))
    assert "You get no news from us" in client.get(response["Location"]).text
    assert ledger(reader) == ["asked", "confirmed", "withdrawn"]
    consent = reader.consents.get(event="withdrawn")
    assert (consent.wording, consent.page) == (WORDING, "/news/unsubscribe/")
    assert consent.channel == "link"
    assert Suppression.objects.count() == 1
    assert EbookSignup.objects.news_readers().count() == 0


def test_news_unsubscribe_twice_is_harmless(client):
    reader = make_reader()
    for _ in range(2):
        assert client.post(unsubscribe_path(reader)).status_code == 303

    assert ledger(reader) == ["asked", "confirmed", "withdrawn"]
    assert Suppression.objects.count() == 1


def test_news_unsubscribe_link_never_expires(client, time_machine):
    reader = make_reader()
    path = unsubscribe_path(reader)
    time_machine.move_to(timezone.now() + timedelta(days=3650))

    assert client.post(path).status_code == 303
    assert ledger(reader)[-1] == "withdrawn"


ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
PARTS = (
    '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://mail.example"},
        {"origin": "null"},
        {"referer": "https://mail.example/inbox"},
        {"sec-fetch-site": "cross-site", "origin": "https://mail.example"},
    ],
)
@pytest.mark.parametrize(
    ("body", "kind"), [(ONE_CLICK, FORM), (PARTS, "multipart/form-data; boundary=b")]
)
def test_news_one_click_unsubscribe_works_from_any_mail_provider(client, headers, body, kind):
    reader = make_reader()

    response = client.post(
        unsubscribe_path(reader), body.encode(), content_type=kind, headers=headers
    )

    assert (response.status_code, response.cookies) == (200, {})
    assert reader.consents.get(event="withdrawn").channel == "one-click"


def test_news_one_click_unsubscribe_refuses_a_body_over_64_kb(client):
    reader = make_reader()
    body = ONE_CLICK.ljust(64 * 1024)

    big = client.post(unsubscribe_path(reader), body + " ", content_type=FORM)
    assert (big.status_code, ledger(reader)[-1]) == (413, "confirmed")
    most = client.post(unsubscribe_path(reader), body, content_type=FORM)
    assert (most.status_code, ledger(reader)[-1]) == (200, "withdrawn")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"", b"x=%ff", b"a=1&" * 3000])
def test_news_unsubscribe_reads_nothing_that_could_break(client, body):
    reader = make_reader()
    kind = f"{FORM}; charset=klingon"

    response = client.generic("POST", unsubscribe_path(reader), body, content_type=kind)

    assert response.status_code == 303
    assert ledger(reader)[-1] == "withdrawn"


def test_news_unsubscribe_of_someone_erased_says_there_is_no_news(client):
    path = links.news_unsubscribe_path("gone")

    assert "You get no news from us" in client.get(path).text
    assert client.post(path, ONE_CLICK, content_type=FORM).status_code == 200


def test_news_unsubscribe_deletes_the_news_that_waits_in_the_outbox(client):
    reader = make_reader()
    to = {"to": reader.email, "to_key": reader.email_key}
    make_mail(kind="news", message_id="<1@x>", **to)
    make_mail(kind="news", message_id="<2@x>", state="sent", **to)
    make_mail(kind="library_link", message_id="<3@x>", **to)

    client.post(unsubscribe_path(reader))

    assert kinds() == ["library_link", "news"]
    assert OutgoingMail.objects.get(kind="news").state == "sent"

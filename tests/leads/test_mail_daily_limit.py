from datetime import timedelta

import pytest
from django.utils import timezone

from leads.models import OutgoingMail
from tests.factories import make_mail, make_practice
from tests.leads.news_factories import ADDRESS, WORDING

SIGNUP = {"first_name": "Ann", "email": "ann@example.com", "wants_news": "on", "page": "/ebooks/"}


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text=WORDING, **ADDRESS)


def kinds():
    return sorted(OutgoingMail.objects.values_list("kind", flat=True))


def test_mails_of_all_kinds_count_together_to_3_a_day(client, time_machine):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    client.post("/ebooks/", SIGNUP)
    request = {"name": "Ann", "email": "ann@example.com", "best_time": "any"}
    client.post("/consultation/", request)
    assert kinds() == ["library_link", "news_confirm", "request_alert", "request_receipt"]

    client.post("/consultation/", request | {"name": "Ann Lee"})
    assert kinds() == ["library_link", "news_confirm", *["request_alert"] * 2, "request_receipt"]

    time_machine.move_to("2026-11-24T10:00:01+00:00", tick=False)
    client.post("/consultation/", request | {"name": "Ann B. Lee"})
    assert kinds().count("request_receipt") == 2


@pytest.mark.parametrize(
    "address",
    ["victim+1@gmail.com", "v.ict.im@gmail.com", "VICTIM@googlemail.com", "victim+a+b@gmail.com"],
)
def test_mails_to_one_mailbox_count_together(client, address):
    for number in range(3):
        make_mail(to="victim@gmail.com", to_key="victim@gmail.com", message_id=f"<{number}@x>")

    assert client.post("/ebooks/", SIGNUP | {"email": address}).status_code == 303

    assert OutgoingMail.objects.filter(to=address).count() == 0


def test_mails_of_the_former_release_count(client):
    for number in range(3):
        make_mail(message_id=f"<{number}@x>", mailbox="")

    client.post("/ebooks/", SIGNUP)

    assert kinds().count("library_link") == 3


def test_mails_from_a_clock_that_ran_ahead_do_not_count(client):
    for number in range(3):
        ahead = timezone.now() + timedelta(days=365)
        make_mail(message_id=f"<{number}@x>", queued_at=ahead)

    client.post("/ebooks/", SIGNUP)

    assert kinds().count("library_link") == 4


def test_news_mails_do_not_use_up_the_mails_of_a_visitor(client):
    for number in range(3):
        make_mail(kind="news", message_id=f"<n{number}@example.com>")

    client.post("/ebooks/", SIGNUP)

    assert kinds() == ["library_link", "news", "news", "news", "news_confirm"]

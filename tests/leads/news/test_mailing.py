from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from leads import links
from leads.models import OutgoingMail
from leads.news import consent, mailing
from tests.factories import make_mail, make_practice, make_request, make_signup
from tests.leads.news_factories import (
    ADDRESS,
    WORDING,
    make_asked,
    make_message,
    make_reader,
    withdraw,
)


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text=WORDING, **ADDRESS)


def send(message):
    mailing.start(message)
    mailing.continue_sending(message)
    message.refresh_from_db()


def test_news_goes_to_confirmed_readers_only():
    make_reader(1)
    make_asked(2)
    withdraw(make_reader(3))
    make_reader(4, suspicion="a bot")
    make_signup()
    make_request()
    message = make_message()

    send(message)

    assert [mail.to for mail in message.mails.all()] == ["reader1@example.com"]
    assert (message.state, message.sent_at is not None) == ("sent", True)


def test_news_never_goes_to_a_suppressed_address_whatever_the_ledger_says():
    make_reader(1)
    consent.suppress("reader1@example.com")
    make_reader(2)
    message = make_message()

    send(message)

    assert [mail.to for mail in message.mails.all()] == ["reader2@example.com"]


def test_news_passes_over_a_whole_batch_of_suppressed_readers(monkeypatch):
    monkeypatch.setattr(mailing, "BATCH", 2)
    for number in range(5):
        make_reader(number)
    for number in range(4):
        consent.suppress(f"reader{number}@example.com")
    message = make_message()

    send(message)

    assert [mail.to for mail in message.mails.all()] == ["reader4@example.com"]


def test_news_mail_has_the_headers_of_rfc_8058_and_the_postal_address():
    reader = make_reader()

    send(make_message())

    mail = OutgoingMail.objects.get(kind="news")
    url = "http://127.0.0.1:8000" + links.news_unsubscribe_path(reader.public_id)
    assert mail.headers == {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    for part in (mail.text, mail.html):
        assert "1 Main St, Troy, MI 48083" in part
        assert url in part
        assert "http://127.0.0.1:8000/my-data/" in part


def test_news_mail_offers_unsubscribing_by_mail_when_the_practice_has_an_address():
    make_practice(news_consent_text=WORDING, email="desk@example.com", **ADDRESS)
    make_reader()

    send(make_message())

    header = OutgoingMail.objects.get(kind="news").headers["List-Unsubscribe"]
    assert header.endswith(">, <mailto:desk@example.com?subject=Unsubscribe>")


@pytest.mark.parametrize("missing", ["street", "city"])
def test_news_is_refused_while_the_postal_address_is_unknown(missing):
    make_practice(**ADDRESS | {missing: ""})
    make_reader()
    message = make_message()

    with pytest.raises(mailing.NotSendableError, match="must carry the postal address"):
        mailing.start(message)
    with pytest.raises(mailing.NotSendableError, match="must carry the postal address"):
        mailing.send_test(message, to="staff@example.com")

    message.refresh_from_db()
    assert (message.state, OutgoingMail.objects.count()) == ("draft", 0)


def test_news_is_sent_once():
    make_reader()
    message = make_message()
    send(message)

    with pytest.raises(mailing.NotSendableError, match="was sent before"):
        mailing.start(message)
    mailing.continue_sending(message)

    assert message.mails.count() == 1


def test_news_killed_in_the_middle_continues_with_one_mail_per_reader(monkeypatch):
    monkeypatch.setattr(mailing, "BATCH", 2)
    for number in range(7):
        make_reader(number)
    message = make_message()
    mailing.start(message)
    put, calls = mailing.queue_for_reader, []

    def dies_at_the_fourth(*args, **kwargs):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        put(*args, **kwargs)

    monkeypatch.setattr(mailing, "queue_for_reader", dies_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        mailing.continue_sending(message)
    assert message.mails.count() == 2  # the interrupted batch was rolled back

    assert mailing.resume_unfinished() == 1
    message.refresh_from_db()
    to = sorted(message.mails.values_list("to", flat=True))
    assert to == [f"reader{number}@example.com" for number in range(7)]
    assert message.state == "sent"


def test_news_constraint_refuses_a_second_mail_to_a_reader():
    message = make_message()
    make_mail(news=message, message_id="<1@x>")

    with pytest.raises(IntegrityError):
        make_mail(news=message, message_id="<2@x>")


def test_news_stops_when_the_time_is_over_and_continues(monkeypatch):
    monkeypatch.setattr(mailing, "BATCH", 1)
    make_reader(1)
    make_reader(2)
    message = make_message()
    mailing.start(message)

    assert mailing.continue_sending(message, within=timedelta(0)) is False
    assert message.mails.count() == 1
    assert mailing.continue_sending(message) is True
    assert message.mails.count() == 2


def test_news_mails_come_due_one_after_another(time_machine, monkeypatch):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    monkeypatch.setattr(mailing, "BATCH", 2)
    for number in range(3):
        make_reader(number)
    message = make_message()

    send(message)

    due = message.mails.order_by("due_at").values_list("due_at", flat=True)
    assert [(at - due[0]).total_seconds() for at in due] == [0.0, 0.5, 1.0]
    assert due[0] == timezone.now()


def test_news_progress_counts_what_became_of_the_mails():
    message = make_message()
    for number, state in enumerate(["queued", "sent", "sent", "failed"]):
        make_mail(news=message, message_id=f"<{number}@x>", to_key=f"{number}", state=state)
    make_mail(message_id="<another@x>")

    assert mailing.progress(message) == mailing.SendingProgress(1, 2, 1, unqueued=0)


def test_news_test_goes_to_its_writer_and_to_no_reader():
    make_reader()
    message = make_message()

    mailing.send_test(message, to="staff@example.com")

    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject, mail.news) == ("staff@example.com", "Test: Sleep well", None)
    assert "List-Unsubscribe-Post" in mail.headers
    message.refresh_from_db()
    assert message.state == "draft"


def test_news_costs_the_same_few_queries_a_reader(django_assert_max_num_queries):
    for number in range(30):
        make_reader(number)
    message = make_message()
    mailing.start(message)

    with django_assert_max_num_queries(30 * 4 + 25):
        mailing.continue_sending(message)


def test_news_progress_counts_those_that_are_not_queued_yet():
    for number in range(250):
        make_reader(number)
    message = make_message()
    mailing.start(message)
    message.refresh_from_db()

    mailing.queue_batch(message)
    found = mailing.progress(message)

    assert (found.queued, found.unqueued, found.done, found.total) == (100, 150, 0, 250)
    assert found.minutes_left == 3

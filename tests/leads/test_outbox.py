import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from leads import outbox
from leads.models import OutgoingMail
from tests.factories import make_mail

REFUSED_FOR_NOW = smtplib.SMTPResponseException(451, b"try later")
REFUSED_FOR_GOOD = smtplib.SMTPResponseException(550, b"no such user")


@pytest.fixture
def broken_server(monkeypatch):
    """A mail server that answers with the exceptions put into it, then works."""
    trouble = []
    send = outbox.send

    def answer(message):
        if trouble:
            raise trouble.pop(0)
        send(message)

    monkeypatch.setattr(outbox, "send", answer)
    return trouble


def test_outbox_sends_what_was_queued(db):
    make_mail(html="<p>Here.</p>")

    outbox.deliver_one()

    message = mail.outbox[0]
    assert (message.to, message.subject, message.body) == (
        ["ann@example.com"],
        "Your ebooks",
        "Here.",
    )
    assert message.message()["Message-ID"] == "<1@example.com>"
    assert message.message()["Auto-Submitted"] == "auto-generated"
    row = OutgoingMail.objects.get()
    assert (row.state, row.attempts) == ("sent", 1)
    assert row.sent_at is not None


def test_outbox_waits_longer_after_each_failure(db, broken_server, time_machine):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    make_mail(due_at=timezone.now())
    pauses = []
    for _ in range(12):
        broken_server.append(REFUSED_FOR_NOW)
        row = outbox.deliver_one()
        pauses.append((row.due_at - timezone.now()) // timedelta(minutes=1))
        time_machine.move_to(row.due_at, tick=False)

    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    assert row.state == "queued"
    assert row.last_error == "SMTPResponseException: (451, b'try later')"


def test_outbox_delivers_after_the_trouble(db, broken_server, time_machine):
    make_mail()
    broken_server.append(ConnectionRefusedError(111, "Connection refused"))
    outbox.deliver_one()

    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    outbox.deliver_one()

    assert [m.subject for m in mail.outbox] == ["Your ebooks"]
    assert OutgoingMail.objects.get().last_error == ""


def test_outbox_gives_up_after_two_days_and_not_before_one(db, broken_server):
    make_mail(queued_at=timezone.now() - timedelta(hours=47))
    make_mail(queued_at=timezone.now() - timedelta(hours=49), message_id="<2@example.com>")
    broken_server += [REFUSED_FOR_NOW, REFUSED_FOR_NOW]

    outbox.deliver_one()
    outbox.deliver_one()

    states = OutgoingMail.objects.order_by("message_id").values_list("state", flat=True)
    assert list(states) == ["queued", "failed"]


def test_outbox_takes_a_5xx_as_final(db, broken_server):
    make_mail()
    broken_server.append(REFUSED_FOR_GOOD)

    outbox.deliver_one()

    row = OutgoingMail.objects.get()
    assert (row.state, row.last_error) == (
        "failed",
        "SMTPResponseException: (550, b'no such user')",
    )


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        smtplib.SMTPConnectError(554, b"go away"),
        smtplib.SMTPRecipientsRefused({"ann@example.com": (450, b"later")}),
        TimeoutError(),
    ],
)
def test_outbox_keeps_a_mail_when_the_trouble_is_not_its_own(db, broken_server, error):
    make_mail()
    broken_server.append(error)

    outbox.deliver_one()

    assert OutgoingMail.objects.get().state == "queued"


def test_outbox_goes_on_after_a_poisoned_mail(db, broken_server):
    make_mail()
    make_mail(message_id="<2@example.com>", to="bo@example.com")
    broken_server.append(UnicodeError("no such header"))

    call_command("send_mail_queue", "--once")

    assert [m.to for m in mail.outbox] == [["bo@example.com"]]


def test_outbox_lends_a_mail_to_one_worker_at_a_time(db, time_machine):
    make_mail()

    first, second = outbox.claim(), outbox.claim()

    assert (first.attempts, second) == (1, None)
    time_machine.move_to(timezone.now() + outbox.LEASE + timedelta(seconds=1))
    assert outbox.claim().attempts == 2


def test_outbox_lease_outlasts_the_slowest_delivery(settings):
    # What DNS may add to the limit, and the goodbye, are far below as much again.
    assert outbox.LEASE >= 2 * outbox.DELIVERY_LIMIT
    assert outbox.DELIVERY_LIMIT.total_seconds() > 2 * settings.EMAIL_TIMEOUT


def test_outbox_command_prints_every_mail(db, capsys):
    make_mail()

    call_command("outbox")

    line = capsys.readouterr().out
    assert '"to": "ann@example.com"' in line
    assert '"state": "queued"' in line

import smtplib
import socket
import ssl
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from leads.delivery import outbox
from leads.models import OutgoingMail
from tests.factories import make_mail

REFUSED_FOR_NOW = smtplib.SMTPResponseException(451, b"try later")
REFUSED_FOR_GOOD = smtplib.SMTPDataError(550, b"no such user")


def refused(code, words):
    return smtplib.SMTPRecipientsRefused({"ann@example.com": (code, words)})


@pytest.fixture
def broken_server(monkeypatch):
    """A mail server that raises the exceptions in this list one by one, then works."""
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


def test_outbox_fails_a_mail_after_a_5xx(db, broken_server):
    make_mail()
    broken_server.append(REFUSED_FOR_GOOD)

    outbox.deliver_one()

    row = OutgoingMail.objects.get()
    assert (row.state, row.last_error) == (
        "failed",
        "SMTPDataError: (550, b'no such user')",
    )


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        smtplib.SMTPConnectError(554, b"go away"),
        smtplib.SMTPHeloError(501, b"who are you"),
        smtplib.SMTPResponseException(554, b"TLS not available"),  # STARTTLS
        smtplib.SMTPResponseException(500, "Line too long."),  # smtplib raises this itself
        smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."),
        smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
        smtplib.SMTPSenderRefused(530, b"5.7.0 Must issue a STARTTLS command first", "a@b.com"),
        smtplib.SMTPSenderRefused(535, b"5.7.8 Authentication failed", "a@b.com"),
        smtplib.SMTPSenderRefused(550, b"5.1.8 no such domain", "a@b.com"),
        smtplib.SMTPSenderRefused(553, b"not your address", "a@b.com"),
        refused(450, b"later"),
        *[refused(code, b"go away") for code in (523, 524, 525, 530, 534, 535, 538)],
        *[smtplib.SMTPDataError(code, b"go away") for code in (523, 524, 525, 530, 534, 535, 538)],
        refused(550, b"5.7.1 Authentication required"),
        refused(550, b"Please turn on SMTP Authentication in your mail client"),
        refused(553, b"sorry, you must authenticate yourself first"),
        refused(503, b"5.5.4 Error: send AUTH command first"),
        refused(554, b"Must issue a STARTTLS command first"),
        smtplib.SMTPDataError(550, b"5.7.1 not authenticated"),
        refused(553, b"5.7.1 <a@b.com>: Sender address rejected: not owned by user"),
        refused(550, b"5.1.8 <a@b.con>: Sender address rejected: Domain not found"),
        refused(554, b"5.7.1 <ann@example.com>: Relay access denied"),
        refused(550, "5.7.3 text, as a backend of another's making may have it"),
        smtplib.SMTPDataError(451, b"4.3.0 try later"),
        smtplib.SMTPDataError(-1, b"garbage"),
        smtplib.SMTPDataError(550, b"5.7.60 SMTP; no permissions to send as this sender"),
        smtplib.SMTPDataError(554, b"5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException"),
        ssl.SSLCertVerificationError("certificate has expired"),
        socket.gaierror(-2, "Name or service not known"),
        UnicodeError("label empty or too long"),
        TimeoutError(),
    ],
    ids=repr,
)
def test_outbox_keeps_a_mail_when_the_error_is_not_about_it(db, broken_server, error):
    make_mail()
    broken_server.append(error)

    outbox.deliver_one()

    assert OutgoingMail.objects.get().state == "queued"


@pytest.mark.parametrize(
    "error",
    [
        refused(550, b"no such user"),
        refused(550, b"5.1.1 <ann@example.com>: no such user"),
        refused(550, b"5.1.1 <author@example.com>: no such user"),
        refused(550, b"<auth@example.com>: no such user"),
        refused(536, b"go away"),
        refused(552, b"5.2.2 mailbox full"),
        refused(553, b"5.1.3 not an address"),
        refused(556, b"5.1.10 takes no mail"),
        refused(550, b"5.7.1 rejected by policy"),
        refused(550, "no such user, as a backend of another's making may say it"),
        smtplib.SMTPDataError(554, b"5.7.1 looks like spam"),
        smtplib.SMTPDataError(552, b"5.3.4 too big"),
        smtplib.SMTPDataError(554, b"192.5.7.1 is listed"),
    ],
    ids=repr,
)
def test_outbox_fails_a_mail_when_the_error_is_about_it(db, broken_server, error):
    make_mail()
    broken_server.append(error)

    outbox.deliver_one()

    assert OutgoingMail.objects.get().state == "failed"


@pytest.mark.parametrize(
    "to", ["zoë@example.com", f"ann@{'ä' * 64}.com", "ann\n@example.com"], ids=ascii
)
def test_outbox_gives_up_on_an_address_that_cannot_be_written(db, time_machine, to):
    """No form accepts such an address, but a row may be written by hand."""
    make_mail(to=to)
    call_command("send_mail_queue", "--once")
    assert OutgoingMail.objects.get().state == "queued"

    time_machine.move_to(timezone.now() + timedelta(hours=49))
    call_command("send_mail_queue", "--once")

    assert OutgoingMail.objects.get().state == "failed"
    assert mail.outbox == []


def test_outbox_continues_after_a_poisoned_mail(db, broken_server):
    make_mail()
    make_mail(message_id="<2@example.com>", to="bo@example.com")
    broken_server.append(UnicodeError("no such header"))

    call_command("send_mail_queue", "--once")

    assert [m.to for m in mail.outbox] == [["bo@example.com"]]


def test_outbox_leases_a_mail_to_one_worker_at_a_time(db, time_machine):
    make_mail()

    first, second = outbox.claim(), outbox.claim()

    assert (first.attempts, second) == (1, None)
    time_machine.move_to(timezone.now() + outbox.LEASE + timedelta(seconds=1))
    assert outbox.claim().attempts == 2


def test_outbox_lease_outlasts_the_slowest_delivery(settings):
    # DNS and closing the connection may take longer than the limit, but never twice as long.
    assert outbox.LEASE >= 2 * outbox.DELIVERY_LIMIT
    assert outbox.DELIVERY_LIMIT.total_seconds() > 2 * settings.EMAIL_TIMEOUT


def test_outbox_holds_no_transaction_while_it_sends(transactional_db, monkeypatch):
    make_mail()
    held = []
    monkeypatch.setattr(outbox, "send", lambda mail: held.append(connection.in_atomic_block))

    outbox.deliver_one()

    assert held == [False]


def test_outbox_interrupts_a_delivery_that_takes_too_long(db, monkeypatch):
    make_mail()
    monkeypatch.setattr(outbox, "DELIVERY_LIMIT", timedelta(seconds=0.1))
    monkeypatch.setattr(outbox, "send", lambda mail: time.sleep(2))

    mail = outbox.deliver_one()

    assert mail.state == "queued"
    assert mail.last_error == "TimeoutError: not done within 0:00:00.100000"

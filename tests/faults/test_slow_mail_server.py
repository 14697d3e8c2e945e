"""A mail server sends each byte in time but never ends its answer (promise 5)."""

import asyncio
import time
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command

from leads.delivery import outbox
from leads.models import OutgoingMail
from tests.factories import make_mail
from tests.running_site import free_port

LIMIT = timedelta(seconds=1)
PATIENCE_SECONDS = 5  # the socket's timeout, a hundred times the pause between two bytes

# The worker's alarm may interrupt QUIT. Then Python warns that it closes an open socket.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


class SlowServer:
    """Answers one command, named by a test, slowly and without end, and all others as usual."""

    def __init__(self):
        self.command, self.drop = "", b""
        self.slow_for = "ann@example.com"
        self.arrived = []

    async def drip(self, server, command):
        while command == self.command:
            server._writer.write(self.drop)
            await server._writer.drain()
            await asyncio.sleep(0.05)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        await self.drip(server, "EHLO")
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address == self.slow_for:
            await self.drip(server, "RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await self.drip(server, "DATA")
        self.arrived += envelope.rcpt_tos
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        await self.drip(server, "QUIT")
        return "221 Bye"


@pytest.fixture
def slow_server(settings, monkeypatch):
    server = SlowServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_TIMEOUT = PATIENCE_SECONDS
    monkeypatch.setattr(outbox, "DELIVERY_LIMIT", LIMIT)
    yield server
    controller.stop()


@pytest.mark.parametrize("drop", [b"2", b"250-wait\r\n"])
@pytest.mark.parametrize("command", ["EHLO", "RCPT", "DATA"])
def test_delivery_to_an_endless_answer_is_stopped_and_tried_later(
    db, slow_server, caplog, command, drop
):
    slow_server.command, slow_server.drop = command, drop
    caplog.set_level("INFO")
    make_mail()
    began = time.monotonic()

    mail = outbox.deliver_one()

    assert time.monotonic() - began < PATIENCE_SECONDS
    assert (mail.state, mail.attempts, slow_server.arrived) == ("queued", 1, [])
    assert mail.due_at - OutgoingMail.objects.get().queued_at < timedelta(minutes=2)
    assert "not done within 0:00:01" in mail.last_error
    logged = [vars(record) for record in caplog.records if record.name == "leads.delivery.outbox"]
    assert len(logged) == 1
    assert "ann" not in f"{mail.last_error} {logged}"


def test_worker_sends_the_next_mail_after_an_endless_answer(db, slow_server):
    slow_server.command, slow_server.drop = "RCPT", b"2"
    make_mail()
    make_mail(message_id="<2@example.com>", to="bo@example.com")

    call_command("send_mail_queue", "--once")

    assert slow_server.arrived == ["bo@example.com"]
    states = OutgoingMail.objects.order_by("message_id").values_list("state", flat=True)
    assert list(states) == ["queued", "sent"]


def test_mail_counts_as_sent_when_only_the_answer_to_quit_is_endless(db, slow_server):
    slow_server.command, slow_server.drop = "QUIT", b"2"
    make_mail()

    mail = outbox.deliver_one()

    assert (mail.state, slow_server.arrived) == ("sent", ["ann@example.com"])

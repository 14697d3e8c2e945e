"""No mail is lost when the mail server refuses or stalls, or a worker is killed (promise 5)."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from leads.delivery import outbox
from leads.models import Bounce, OutgoingMail
from tests.factories import make_mail
from tests.running_site import ROOT, free_port


class MailServer:
    """Accepts mail unless a test tells it otherwise, and counts the Message-IDs that arrived."""

    def __init__(self):
        self.arrived = Counter()
        self.answers = []  # answers to the next DATA commands instead of 250
        self.before_answer = lambda: None
        self.unknown = set()  # addresses without a mailbox

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.unknown:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        lines = envelope.content.decode().splitlines()
        name = next(line for line in lines if line.startswith("Message-ID:"))
        if self.answers:
            return self.answers.pop(0)
        self.arrived[name.partition(":")[2].strip()] += 1
        self.before_answer()
        return "250 OK"


@pytest.fixture
def mail_server(settings):
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_TIMEOUT = 1
    server.url = f"smtp://127.0.0.1:{controller.port}"
    yield server
    controller.stop()


def move_clock(time_machine, **delta):
    time_machine.move_to(timezone.now() + timedelta(**delta))


def test_mail_is_only_delayed_while_the_server_is_down(
    db, settings, mail_server, time_machine, report
):
    make_mail()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert outbox.deliver_one().state == "queued"

    settings.EMAIL_PORT = port
    move_clock(time_machine, seconds=61)
    outbox.deliver_one()

    report(f"mail server down for a minute: {mail_server.arrived.total()} of 1 arrived")
    assert mail_server.arrived == {"<1@example.com>": 1}


@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 try later", "queued"), ("421 closing", "queued"), ("550 no such user", "failed")],
)
def test_mail_fails_only_after_a_permanent_refusal(db, mail_server, report, answer, state):
    make_mail()
    mail_server.answers.append(answer)

    mail = outbox.deliver_one()

    report(f"mail server says {answer}: {mail.state} after {mail.attempts} attempt")
    assert (mail.state, mail_server.arrived) == (state, {})
    assert answer[:3] in mail.last_error


def test_only_the_recipient_that_was_refused_is_marked_as_bounced(db, mail_server, report):
    make_mail()
    make_mail(to="bo@example.com", to_key="bo@example.com", message_id="<2@example.com>")
    mail_server.unknown.add("ann@example.com")

    states = [outbox.deliver_one().state for _ in range(2)]

    report(f"550 at RCPT for 1 of 2 mails: {states}, {Bounce.objects.count()} address marked")
    assert sorted(states) == ["failed", "sent"]
    bounce = Bounce.objects.get()
    assert (bounce.address, bounce.reason) == ("ann@example.com", "dead")
    assert "5.1.1 no such user" in bounce.words


def test_mail_to_a_stalling_server_times_out_and_stays_queued(db, mail_server, report):
    make_mail()
    mail_server.before_answer = lambda: time.sleep(2)

    began = time.monotonic()

    mail = outbox.deliver_one()

    seconds = time.monotonic() - began
    report(f"mail server stalls for 2 s: {mail.state} again after {seconds:.1f} s")
    assert mail.state == "queued"
    assert "timed out" in mail.last_error


def run_worker(site, url, *arguments):
    return subprocess.Popen(
        [sys.executable, "manage.py", "send_mail_queue", *arguments],
        cwd=ROOT,
        env=site.environment | {"EMAIL_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def queue_mails(site, count):
    """Makes `count` sign-ups as visitors do; each queues a mail."""
    with ThreadPoolExecutor(20) as pool:
        fields = [{"first_name": "Ann", "email": f"m{n}@example.com"} for n in range(count)]
        statuses = list(pool.map(lambda form: site.post("/ebooks/", form)[0], fields))
    assert statuses == [303] * count


def test_three_workers_send_each_of_300_mails_once(own_site, mail_server, report):
    queue_mails(own_site, 200)
    own_site.manage("shell", "--no-imports", "-c", MORE_MAIL)

    workers = [run_worker(own_site, mail_server.url, "--once") for _ in range(3)]
    codes = [worker.wait(120) for worker in workers]

    twice = [name for name, copies in mail_server.arrived.items() if copies > 1]
    report(f"3 workers: {len(mail_server.arrived)} of 300 delivered, {len(twice)} twice")
    assert codes == [0, 0, 0]
    assert (len(mail_server.arrived), twice) == (300, [])
    states = own_site.rows("SELECT state, count(*) FROM leads_outgoingmail GROUP BY state")
    assert states == [("sent", 300)]


MORE_MAIL = """
from leads.models import OutgoingMail
for n in range(100):
    OutgoingMail.objects.create(kind="library_link", to="x@example.com", to_key="x@example.com",
        subject="s", text="t", message_id=f"<more-{n}@example.com>")
"""


def test_a_worker_killed_between_data_and_250_sends_at_most_one_more(own_site, mail_server, report):
    queue_mails(own_site, 1)
    running = []
    mail_server.before_answer = lambda: os.kill(running[0].pid, signal.SIGKILL)
    running.append(run_worker(own_site, mail_server.url, "--once"))
    running[0].wait(60)
    assert own_site.rows("SELECT state, attempts FROM leads_outgoingmail") == [("queued", 1)]

    mail_server.before_answer = lambda: None
    assert run_worker(own_site, mail_server.url, "--once").wait(60) == 0
    assert sum(mail_server.arrived.values()) == 1, "the lease of the dead worker still holds"
    own_site.manage("shell", "--no-imports", "-c", END_LEASE)
    assert run_worker(own_site, mail_server.url, "--once").wait(60) == 0

    copies = list(mail_server.arrived.values())
    report(f"worker killed between DATA and 250: {copies[0]} copies with one Message-ID")
    assert copies == [2]
    assert own_site.rows("SELECT state FROM leads_outgoingmail") == [("sent",)]


END_LEASE = """
from django.utils import timezone
from leads.models import OutgoingMail
OutgoingMail.objects.update(due_at=timezone.now())
"""


def test_mail_is_not_delayed_after_a_clock_was_a_day_ahead(db, mail_server, time_machine, report):
    time_machine.move_to("2026-11-24T10:00:00+00:00")
    make_mail(queued_at=timezone.now(), due_at=timezone.now())
    time_machine.move_to("2026-11-23T10:00:00+00:00")

    outbox.deliver_one()

    state = OutgoingMail.objects.get().state
    report(f"clock set back a day: a mail due tomorrow is {state}")
    assert state == "sent"


def test_lease_of_a_mail_is_kept_when_the_clock_jumps_back(db, time_machine, report):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    make_mail(queued_at=timezone.now(), due_at=timezone.now())
    assert outbox.claim() is not None

    time_machine.move_to("2026-11-23T09:00:00+00:00", tick=False)

    claimed = outbox.claim()
    report(f"clock set back an hour: {0 if claimed is None else 1} of 1 leased mails claimed twice")
    assert claimed is None

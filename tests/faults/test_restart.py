"""No request is lost under load when gunicorn gets HUP (a release) or SIGTERM (a shutdown)."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.faults.load import SignUps
from tests.running_site import RunningSite

RESTARTS = 3


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    with RunningSite(tmp_path_factory.mktemp("restart"), TRUSTED_PROXIES="1") as running:
        yield running


@pytest.fixture
def site(prepared):
    if prepared.server.poll() is not None:
        prepared.start()
    return prepared


def workers_of(site) -> set[str]:
    process = Path(f"/proc/{site.server.pid}")
    return set((process / "task" / process.name / "children").read_text().split())


def addresses(site) -> set[str]:
    code = (
        "from leads.models import EbookSignup as E;"
        "print(*E.objects.values_list('email', flat=True), sep='\\n')"
    )
    return set(site.manage("shell", "--no-imports", "-c", code).split())


def renew_workers(site) -> None:
    """Sends HUP and waits until none of the former workers is left."""
    former = workers_of(site)
    os.kill(site.server.pid, signal.SIGHUP)
    end = time.monotonic() + 60
    while former & workers_of(site):
        assert time.monotonic() < end, "the former workers never ended"
        time.sleep(0.05)


def test_hup_under_load_drops_no_request(site, report):
    with SignUps(site) as load:
        for _ in range(RESTARTS):
            load.wait_for(20)
            renew_workers(site)
        load.wait_for(20)

    lost = set(load.taken) - addresses(site)
    taken, failed = len(load.taken), len(load.failed)
    report(f"HUP x{RESTARTS} under load: {taken} taken, {failed} failed, {len(lost)} lost")
    assert (load.failed, lost) == ([], set())


def test_hup_starts_workers_that_import_the_site_again(site, report):
    """If the master imported the site, new workers would run the code of the former release."""

    # Every worker loads brotli when it imports the site, and the kernel lists the loaded library.
    def has_the_site(process) -> bool:
        return "_brotli" in Path(f"/proc/{process}/maps").read_text()

    # On a busy machine a new worker needs seconds to import the site.
    end = time.monotonic() + 60
    while not (holding := sum(map(has_the_site, workers_of(site)))):
        assert time.monotonic() < end, "no worker has imported the site"
        time.sleep(0.05)
    report(f"the site's code is in {holding} of {len(workers_of(site))} workers, not in the master")
    assert not has_the_site(site.server.pid)


def answer_held_over(site, number: signal.Signals, email: str) -> bytes:
    """The answer to a form whose second half arrives after the signal."""
    body = f"first_name=Ann&email={email}".encode()
    head = (
        f"POST /ebooks/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as held:
        held.sendall(head + body[:5])
        time.sleep(0.5)
        os.kill(site.server.pid, number)
        time.sleep(1)
        held.sendall(body[5:])
        return held.recv(65536)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_restart_finishes_the_request_it_holds(site, report, number):
    email = f"held-over-{number.name.lower()}@example.com"

    answer = answer_held_over(site, number, email)

    report(f"{number.name} during a request: {answer.decode().splitlines()[0]}")
    assert answer.startswith(b"HTTP/1.1 303 See Other\r\n")
    assert email in addresses(site)
    if number == signal.SIGTERM:
        assert site.server.wait(40) == 0


def test_sigterm_under_load_loses_no_signup_that_was_answered(site, report):
    with SignUps(site) as load:
        load.wait_for(30)
        stopped = threading.Thread(target=site.stop)
        stopped.start()
        stopped.join()

    lost = set(load.taken) - addresses(site)
    report(f"SIGTERM under load: {len(load.taken)} taken, {len(lost)} lost")
    assert lost == set()
    assert site.server.returncode == 0

"""Sends the requests of many people at the same time and collects the answers."""

import asyncio
import itertools
import resource
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from tests.running_site import RunningSite

USUAL_OPEN_FILES = 1024  # as Debian and systemd limit them


def client_number(number: int) -> str:
    """A different IP address for each number, so that no request meets the limit of one client."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass(frozen=True)
class Answer:
    """An answer's status, its seconds since the request and its seconds since the first request."""

    status: int
    seconds: float
    at: float


def sign_up_at_once(site: RunningSite, emails: list[str]) -> list[Answer]:
    """Connects for every address first, then sends all forms at the same time."""
    requests = []
    for number, email in enumerate(emails):
        form = urllib.parse.urlencode({"first_name": "Ann", "email": email})
        head = (
            f"POST /ebooks/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\n"
            f"X-Forwarded-For: {client_number(number)}\r\nContent-Length: {len(form)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        requests.append((head + form).encode())
    return ask_at_once(site, requests)


def ask_at_once(site: RunningSite, requests: list[bytes]) -> list[Answer]:
    # This runs in a new thread, because Playwright may have left an event loop in the present one.
    with open_files(USUAL_OPEN_FILES + len(requests)), ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, answers(site.port, requests)).result()


@contextmanager
def open_files(limit: int):
    """Limits the open files of this process and of the processes that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def answers(port: int, requests: list[bytes]) -> list[Answer]:
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in requests]
    await asyncio.sleep(1)  # gives the server time to accept them
    began = time.monotonic()

    async def ask(request, reader, writer) -> Answer:
        sent = time.monotonic()
        writer.write(request)
        answer = await reader.read()
        writer.close()
        now = time.monotonic()
        return Answer(int(answer.split(b" ", 2)[1]), now - sent, now - began)

    asked = [ask(request, *pipes) for request, pipes in zip(requests, opened, strict=True)]
    return await asyncio.gather(*asked)


class SignUps:
    """Signs up one person after another, in several threads, until the `with` block ends.

    `taken` holds the addresses that were answered 303, `seconds` how long each of them took, and
    `failed` the other answers. All requests have the IP address `client`, or each a different one.
    """

    def __init__(
        self, site: RunningSite, *, threads: int = 6, name: str = "person", client: str = ""
    ):
        self.site, self.name, self.client = site, name, client
        self.taken: list[str] = []
        self.seconds: list[float] = []
        self.failed: list[str] = []
        self.numbers = itertools.count()
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.write) for _ in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exc):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def write(self) -> None:
        while not self.is_over.is_set():
            number = next(self.numbers)
            email = f"{self.name}-{number}@example.com"
            client = {"X-Forwarded-For": self.client or client_number(number)}
            began = time.monotonic()
            try:
                status = self.site.post(
                    "/ebooks/", {"first_name": "Ann", "email": email}, **client
                )[0]
            except OSError as error:
                self.failed.append(repr(error))
                continue
            if status == 303:
                self.taken.append(email)
                self.seconds.append(time.monotonic() - began)
            else:
                self.failed.append(str(status))

    def wait_for(self, count: int) -> None:
        """Waits until `count` more sign-ups were taken."""
        wanted = len(self.taken) + count
        while len(self.taken) < wanted and not self.is_over.wait(0.01):
            assert len(self.failed) < 1000, self.failed[:5]

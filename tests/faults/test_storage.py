"""Storage that takes nothing for a while: 503, readable pages, no restart needed (promise 2)."""

import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection

from tests.running_site import RunningSite, postgresql

GUIDE = "/guides/back-spasm-treatment/"
POSTGRESQL = connection.vendor == "postgresql"
MANY = 60  # as many reach every worker, and threads with and without an open connection
HEALED_SECONDS = 30  # connections are kept for 60; nobody may have to wait for their end


def on_machine(*command) -> bool:
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    done = subprocess.run(["env", *command], env={"PATH": path}, check=False, capture_output=True)
    return done.returncode == 0


@pytest.fixture(scope="module")
def disk():
    """A small disk; None where this machine lets nobody mount one."""
    folder = Path(tempfile.mkdtemp(prefix="clinic-disk-"))
    folder.chmod(0o755)  # PostgreSQL's own account must find its part of it
    image = folder.with_suffix(".image")
    with image.open("wb") as file:
        file.truncate(96_000_000)
    is_mounted = on_machine("mkfs.ext4", "-q", "-m", "0", image) and on_machine(
        "mount", "-o", "loop", image, folder
    )
    yield folder if is_mounted else None
    if is_mounted:
        on_machine("umount", "--lazy", folder)
    image.unlink()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def site(disk, tmp_path_factory):
    """With its database and all its files on the small disk."""
    folder = (disk or tmp_path_factory.mktemp("storage")) / "data"
    folder.mkdir()
    running = RunningSite(folder, TRUSTED_PROXIES="1")
    running.fill()
    if POSTGRESQL and disk:
        put_database_on(disk, running.database)
    running.start()
    yield running
    running.stop()
    if POSTGRESQL:
        with postgresql() as server:
            server.execute(f"DROP DATABASE {running.database} WITH (FORCE)")
            server.execute(f"DROP TABLESPACE IF EXISTS {running.database}")


def put_database_on(disk, name: str) -> None:
    folder = disk / "postgresql"
    folder.mkdir()
    shutil.chown(folder, "postgres")
    with postgresql() as server:
        server.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        server.execute(f"ALTER DATABASE {name} SET TABLESPACE {name}")


@contextmanager
def full(site, disk):
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    yield
    ballast.unlink()


@contextmanager
def read_only(site, disk):
    """What is open already cannot be written, and what is opened now only be read."""
    if POSTGRESQL:
        with altered(site, "SET default_transaction_read_only = on", "RESET ALL"):
            yield
        return
    files = [site.folder / "db.sqlite3", site.folder / "db.sqlite3-wal"]
    assert on_machine("chattr", "+i", *files)
    yield
    assert on_machine("chattr", "-i", *files)


@contextmanager
def gone(site, disk):
    with altered(site, "ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true"):
        yield


@contextmanager
def altered(site, bad: str, good: str):
    """Every connection breaks, as when the server is restarted; afterwards none does."""
    with postgresql() as server:
        server.execute(f"ALTER DATABASE {site.database} {bad}")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [site.database],
        )
        yield
        server.execute(f"ALTER DATABASE {site.database} {good}")


def statuses(site, path: str) -> list[int]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: site.get(path)[0], range(MANY)))


def sign_up(site, who: str) -> dict[str, tuple]:
    """The answers by address. More at once than read, so that new connections are opened too."""

    def ask(number):
        form = {"first_name": "Ann", "email": f"{who}-{number}@example.com"}
        return form["email"], site.post("/ebooks/", form, **{"X-Forwarded-For": f"10.0.0.{number}"})

    with ThreadPoolExecutor(MANY) as pool:
        return dict(pool.map(ask, range(MANY)))


def taken(answers) -> set[str]:
    return {email for email, (status, *_) in answers.items() if status == 303}


def refused_in_words(answers) -> set[str]:
    """Those that were told when to try again and whom to call instead, and kept what they typed."""
    return {
        email
        for email, (status, headers, body) in answers.items()
        if (status, headers["Retry-After"]) == (503, "30")
        and b"(248) 844-2665" in body
        and f'value="{email}"'.encode() in body
    }


def stored(site) -> set[str]:
    return {email for (email,) in site.rows("SELECT email FROM leads_ebooksignup")}


def heal(site, who: str) -> list[dict[str, tuple]]:
    """Waves of sign-ups until a whole one is taken.

    A thread whose connection was opened for reading meanwhile refuses once more, and opens another.
    """
    waves: list[dict[str, tuple]] = []
    end = time.monotonic() + HEALED_SECONDS
    while not waves or (len(taken(waves[-1])) < MANY and time.monotonic() < end):
        waves.append(sign_up(site, f"{who}-{len(waves)}"))
    return waves


@pytest.mark.parametrize("fault", [full, read_only, *[gone] * POSTGRESQL])
def test_storage_that_takes_nothing_says_try_again_and_heals(disk, site, fault, report):
    if disk is None and (fault is full or not POSTGRESQL):
        pytest.skip("this machine lets nobody mount a small disk")
    statuses(site, GUIDE)
    before = stored(site)

    with fault(site, disk):
        during = sign_up(site, f"while-{fault.__name__}")
        pages = Counter(statuses(site, GUIDE))
    waves = heal(site, f"after-{fault.__name__}")

    told, refused = taken(during), refused_in_words(during)
    after = [len(taken(wave)) for wave in waves]
    lost = told.union(*map(taken, waves)) ^ (stored(site) - before)
    report(
        f"storage {fault.__name__}: {len(refused)} of {MANY} sign-ups told to try again,"
        f" {len(told)} taken, {len(lost)} lost or stored all the same; then {after[-3:]} taken"
    )
    assert refused
    assert told | refused == set(during)
    assert (pages, lost) == ({200: MANY}, set())
    assert after[-1] == MANY

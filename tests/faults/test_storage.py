"""While storage cannot be written, forms answer 503, pages stay readable, and the site recovers
without a restart (promise 2)."""

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
MANY = 60  # enough to reach every worker, and threads with and without an open connection
HEALED_SECONDS = 30  # less than the 60 for which a worker keeps a database connection


def run_on_machine(*command) -> bool:
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    done = subprocess.run(["env", *command], env={"PATH": path}, check=False, capture_output=True)
    return done.returncode == 0


@pytest.fixture(scope="module")
def disk():
    """A small disk, or None on a machine that does not allow mounting one."""
    folder = Path(tempfile.mkdtemp(prefix="clinic-disk-"))
    folder.chmod(0o755)  # PostgreSQL's account must reach its tablespace in it
    image = folder.with_suffix(".image")
    with image.open("wb") as file:
        file.truncate(96_000_000)
    is_mounted = run_on_machine("mkfs.ext4", "-q", "-m", "0", image) and run_on_machine(
        "mount", "-o", "loop", image, folder
    )
    yield folder if is_mounted else None
    if is_mounted:
        run_on_machine("umount", "--lazy", folder)
    image.unlink()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def site(disk, tmp_path_factory):
    """A running site with its database and all its files on the small disk."""
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
    """Makes the database read-only for open and for new connections."""
    if POSTGRESQL:
        with change_database(site, "SET default_transaction_read_only = on", "RESET ALL"):
            yield
        return
    files = [site.folder / "db.sqlite3", site.folder / "db.sqlite3-wal"]
    assert run_on_machine("chattr", "+i", *files)
    yield
    assert run_on_machine("chattr", "-i", *files)


@contextmanager
def gone(site, disk):
    with change_database(site, "ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true"):
        yield


@contextmanager
def change_database(site, bad: str, good: str):
    """Ends all connections and sets `bad`, as if the server were restarted; then sets `good`."""
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
    """Sends MANY sign-ups at the same time and returns the answers by address.

    These are more than the readers before, so that workers open new database connections too.
    """

    def ask(number):
        form = {"first_name": "Ann", "email": f"{who}-{number}@example.com"}
        return form["email"], site.post("/ebooks/", form, **{"X-Forwarded-For": f"10.0.0.{number}"})

    with ThreadPoolExecutor(MANY) as pool:
        return dict(pool.map(ask, range(MANY)))


def taken_addresses(answers) -> set[str]:
    return {email for email, (status, *_) in answers.items() if status == 303}


def refused_with_advice(answers) -> set[str]:
    """The addresses whose answer says when to try again and whom to call, and keeps the form."""
    return {
        email
        for email, (status, headers, body) in answers.items()
        if (status, headers["Retry-After"]) == (503, "30")
        and b"(248) 844-2665" in body
        and f'value="{email}"'.encode() in body
    }


def stored_addresses(site) -> set[str]:
    return {email for (email,) in site.rows("SELECT email FROM leads_ebooksignup")}


def heal(site, who: str) -> list[dict[str, tuple]]:
    """Repeats MANY sign-ups until all of one wave are taken.

    A thread that opened its connection while the database was read-only refuses one more sign-up,
    and then opens a new connection.
    """
    waves: list[dict[str, tuple]] = []
    end = time.monotonic() + HEALED_SECONDS
    while not waves or (len(taken_addresses(waves[-1])) < MANY and time.monotonic() < end):
        waves.append(sign_up(site, f"{who}-{len(waves)}"))
    return waves


@pytest.mark.parametrize("fault", [full, read_only, *[gone] * POSTGRESQL])
def test_forms_say_try_again_while_storage_fails_and_work_afterwards(disk, site, fault, report):
    if disk is None and (fault is full or not POSTGRESQL):
        pytest.skip("this machine does not allow mounting a small disk")
    statuses(site, GUIDE)
    before = stored_addresses(site)

    with fault(site, disk):
        during = sign_up(site, f"while-{fault.__name__}")
        pages = Counter(statuses(site, GUIDE))
    waves = heal(site, f"after-{fault.__name__}")

    told, refused = taken_addresses(during), refused_with_advice(during)
    after = [len(taken_addresses(wave)) for wave in waves]
    lost = told.union(*map(taken_addresses, waves)) ^ (stored_addresses(site) - before)
    report(
        f"storage {fault.__name__}: {len(refused)} of {MANY} sign-ups told to try again,"
        f" {len(told)} taken, {len(lost)} lost or stored without a 303; then {after[-3:]} taken"
    )
    assert refused
    assert told | refused == set(during)
    assert (pages, lost) == ({200: MANY}, set())
    assert after[-1] == MANY

"""A full or read-only disk: 503, readable pages, and no restart needed afterwards (promise 2)."""

import os
import subprocess

import pytest

from tests.running_site import RunningSite

GUIDE = "/guides/back-spasm-treatment/"

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk"),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the disk is PostgreSQL's own here"),
]


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=32m", "clinic", disk]
    mounted = subprocess.run(command, check=False)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def signup(site, address):
    status, headers, _ = site.post("/ebooks/", {"first_name": "Ann", "email": address})
    return status, headers.get("Retry-After")


def test_a_full_disk_says_try_again_and_heals(small_disk, report):
    with RunningSite(small_disk) as site:
        site.get(GUIDE)
        ballast = small_disk / "ballast"
        with ballast.open("wb") as file:
            try:
                while True:
                    file.write(b"x" * 65536)
                    file.flush()
            except OSError:
                pass

        answers = [signup(site, f"full{number}@example.com") for number in range(5)]
        page = site.get(GUIDE)[0]
        ballast.unlink()

        report(f"disk full: sign-ups answered {answers}, the guide {page}")
        assert (503, "30") in answers
        assert {status for status, _ in answers} <= {303, 503}
        assert page == 200
        assert signup(site, "after@example.com") == (303, None)
        taken = sum(status == 303 for status, _ in answers)
        assert site.rows("SELECT count(*) FROM leads_ebooksignup") == [(taken + 1,)]


def test_a_read_only_disk_says_try_again_and_heals(small_disk):
    with RunningSite(small_disk) as site:
        site.get(GUIDE)
        database = small_disk / "db.sqlite3"
        subprocess.run(["mount", "-o", "remount,ro", small_disk], check=False)
        if os.access(database, os.W_OK):
            pytest.skip("open files keep this disk writable")
        answer, page = signup(site, "ro@example.com"), site.get(GUIDE)[0]
        subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)

        assert (answer, page) == ((503, "30"), 200)
        assert signup(site, "after@example.com") == (303, None)

"""Runs the site with gunicorn, as in production, for tests that need more than Django's client."""

import atexit
import fcntl
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
from contextlib import closing
from functools import cache
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def postgresql(url: str | None = None):
    """An autocommit connection to the server that the tests use, not to a site's database."""
    return psycopg.connect(url or os.environ["DATABASE_URL"], autocommit=True)


@cache
def model_site() -> tuple[Path, str]:
    """The folder and the PostgreSQL database of a filled site, which other sites copy.

    The first process of a test run that needs it fills it, because that takes ten seconds.
    """
    run = Path(os.environ.get("TEST_RUN_DIR") or tempfile.mkdtemp(prefix="clinic-run-"))
    if "TEST_RUN_DIR" not in os.environ:  # a benchmark; tests/environment.py sets it for tests
        atexit.register(shutil.rmtree, run, ignore_errors=True)
    folder, database = run / "model", run / "model-database"
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists():
            folder.mkdir(exist_ok=True)
            model = RunningSite(folder)
            model.manage("migrate", "--verbosity=0")
            model.manage("load_starter_content")
            model.manage("collectstatic", "--noinput", "--verbosity=0")
            database.write_text(model.database)
    return folder, database.read_text()


class RunningSite:
    """A site with its own gunicorn, process group, data folder and starter content."""

    def __init__(self, folder: Path, **environment: str):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATA_DIR": str(folder),
            "BASE_URL": self.url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SECRET_KEY": "the-key-of-the-running-site-" * 3,
        }
        self.environment |= environment
        if "DATABASE_URL" in self.environment:
            self.environment["DATABASE_URL"] = self.own_database(self.environment["DATABASE_URL"])
        self.server: subprocess.Popen | None = None

    def own_database(self, url: str) -> str:
        """The URL of a new database on the PostgreSQL server that the tests use.

        Its name is random. The port would not do, because the system may give it to another site
        after this one has stopped.
        """
        name = f"site_{secrets.token_hex(6)}"
        with postgresql(url) as server:
            server.execute(f"CREATE DATABASE {name}")
        return f"{url.rpartition('/')[0]}/{name}"

    @property
    def database(self) -> str:
        """The name of the site's PostgreSQL database; empty on SQLite."""
        return self.environment.get("DATABASE_URL", "").partition("?")[0].rpartition("/")[2]

    def connect(self):
        """A new autocommit connection to the site's database."""
        if url := self.environment.get("DATABASE_URL"):
            return postgresql(url)
        return sqlite3.connect(self.folder / "db.sqlite3", isolation_level=None, timeout=10)

    def rows(self, statement: str) -> list[tuple]:
        with closing(self.connect()) as connection:
            return connection.execute(statement).fetchall()

    def __enter__(self):
        self.fill()
        self.start()
        return self

    def fill(self) -> None:
        """Copies the model site: migrated, with starter content and collected static files."""
        folder, database = model_site()
        shutil.copytree(folder, self.folder, dirs_exist_ok=True)
        if "DATABASE_URL" in self.environment:
            with postgresql() as server:
                server.execute(f"DROP DATABASE {self.database}")
                server.execute(f"CREATE DATABASE {self.database} TEMPLATE {database}")

    def __exit__(self, *exc):
        self.stop()

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def outbox(self) -> list[dict]:
        return [json.loads(line) for line in self.manage("outbox").splitlines()]

    def start(self) -> None:
        log = (self.folder / "server.log").open("ab")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "clinic_site/gunicorn.conf.py"],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self.wait_until_up()

    def wait_until_up(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"no answer in {START_SECONDS} s: {self.log()}")

    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def kill(self) -> None:
        """Ends all processes of the site with kill -9, as a power cut would."""
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def stop(self) -> None:
        if self.server and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(40)

    def request(self, method: str, path: str, body=None, headers=None, timeout=15):
        """(status, headers, body) of one request on a new connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def get(self, path: str, **headers: str):
        return self.request("GET", path, headers=headers)

    def post(self, path: str, fields: dict[str, str], **headers: str):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, urllib.parse.urlencode(fields), form | headers)

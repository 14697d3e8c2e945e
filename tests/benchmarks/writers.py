"""`python -m tests.benchmarks.writers`: compares the queue of writers with Django's own SQLite
backend, for one writer alone and for many at the same time (docs/decisions/0010).
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles

import django
from django.conf import settings
from django.db import OperationalError, connection, transaction

from tests.running_site import ROOT

ENGINES = {"Django's own": "django.db.backends.sqlite3", "with the queue": "clinic_site.sqlite3"}
ALONE, ROUNDS = 2000, 5
PROCESSES, THREADS, WRITES = 4, 16, 16
HELD_SECONDS = 0.003  # CPU time in each transaction; a sign-up needs more


def connect(engine: str, file: str) -> None:
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    database = {"ENGINE": engine, "NAME": file, "OPTIONS": options}
    settings.configure(DATABASES={"default": database})
    django.setup()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS row (a text)")


def write(held: float = 0) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        end = time.thread_time() + held
        while time.thread_time() < end:
            cursor.execute("SELECT 1")
        cursor.execute("INSERT INTO row VALUES (%s)", ["a" * 2000])


def alone() -> list[float]:
    """The microseconds for one write, for each round."""
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(ALONE):
            write()
        found.append((time.perf_counter() - began) / ALONE * 1e6)
    return found


def together() -> list[float | None]:
    """The seconds for each write of this process's threads; None for a write that was refused."""
    found: list[float | None] = []

    def keep_writing():
        for _ in range(WRITES):
            began = time.perf_counter()
            try:
                write(HELD_SECONDS)
            except OperationalError:
                found.append(None)
            else:
                found.append(time.perf_counter() - began)
        connection.close()

    threads = [threading.Thread(target=keep_writing) for _ in range(THREADS)]
    sys.stdin.readline()  # all processes begin at the same time
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def start(what: str, engine: str, file: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.benchmarks.writers", what, engine, file]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, text=True, **pipes)


def bench_alone(folder: str) -> None:
    print("\nOne writer, nothing waits, the file in memory: a transaction with one insert")
    for name, engine in ENGINES.items():
        said, _ = start("alone", engine, f"{folder}/{engine}.alone").communicate()
        print(f"  {name:<16}{min(json.loads(said)):>8.1f} us")


def bench_together(folder: str) -> None:
    print(
        f"\n{PROCESSES} processes of {THREADS} threads, {PROCESSES * THREADS * WRITES} writes that"
        f" hold the lock for {HELD_SECONDS * 1e3:.0f} ms of CPU and a commit to the disk"
    )
    for name, engine in ENGINES.items():
        file = f"{folder}/{engine}.together"
        processes = [start("together", engine, file) for _ in range(PROCESSES)]
        time.sleep(2)
        began = time.perf_counter()
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        found = [seconds for each in processes for seconds in json.loads(each.communicate()[0])]
        rate = len(found) / (time.perf_counter() - began)
        taken = [seconds for seconds in found if seconds is not None]
        parts = [part * 1e3 for part in quantiles(taken, n=100)]
        print(
            f"  {name:<16}{found.count(None):>4} refused, {rate:.0f} writes/s, p50 {parts[49]:.0f},"
            f" p99 {parts[98]:.0f}, slowest {max(taken) * 1e3:.0f} ms"
        )


def main() -> None:
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        bench_alone(folder)
    with tempfile.TemporaryDirectory() as folder:
        bench_together(folder)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        connect(*sys.argv[2:])
        print(json.dumps({"alone": alone, "together": together}[sys.argv[1]]()))

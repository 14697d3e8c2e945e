"""`make bench`: compares the cost of pages and forms with the least possible cost.

The least possible (the "floor") is a WSGI application that answers the same bytes, or the bare
inserts of a sign-up's rows into a database with the same settings. Rounds alternate, so that a
busy machine disturbs both sides equally, and medians are compared.
"""

import http.client
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path
from statistics import median

from tests import environment  # noqa: F401 settings of the tests, before Django reads any
from tests.running_site import ROOT, RunningSite, free_port

GUIDE = "/guides/back-spasm-treatment/"
ROUNDS, WIRE_CALLS, POSTS = 7, 2000, 100
PAGE_MAX_RATIO = 1.5

FLOOR = """
import pathlib
BODY = pathlib.Path({body!r}).read_bytes()
HEADERS = {headers!r}
def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
"""


def compare(sides):
    """The median of each side, measured in alternating rounds."""
    found = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, measure in sides.items():
            found[name].append(measure())
    return {name: median(values) for name, values in found.items()}


def cpu_seconds(leader):
    """The CPU seconds of a server and its workers so far (proc(5), fields 6, 14 and 15)."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # the process ended before its file was read
            continue
        if int(fields[3]) == leader:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def cost(server, port, path=GUIDE, calls=WIRE_CALLS):
    """The server's CPU time for one request, in microseconds."""
    before = cpu_seconds(server.pid)
    read_all(port, path, calls)
    return (cpu_seconds(server.pid) - before) / calls * 1e6


def read_all(port, path, calls):
    """Sends `calls` GET requests on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    for _ in range(calls):
        connection.request("GET", path, headers={"Accept-Encoding": "br"})
        connection.getresponse().read()
    connection.close()


def start_floor(site, port):
    """Starts gunicorn as for the site, with an application that answers the guide's bytes."""
    _, headers, body = site.get(GUIDE, **{"Accept-Encoding": "br"})
    (site.folder / "body").write_bytes(body)
    kept = [(n, v) for n, v in headers.items() if n not in {"Date", "Server", "Connection"}]
    module = FLOOR.format(body=str(site.folder / "body"), headers=kept)
    (site.folder / "floor.py").write_text(module)
    config = (ROOT / "clinic_site" / "gunicorn.conf.py").read_text().partition("def on_starting")[0]
    (site.folder / "floor.conf.py").write_text(config)
    command = [sys.executable, "-m", "gunicorn", "--config", "floor.conf.py", "floor:application"]
    settings = site.environment | {"PORT": str(port), "PYTHONPATH": str(ROOT)}
    with (site.folder / "floor.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=site.folder, env=settings, stdout=log, stderr=log, start_new_session=True
        )


def bench_pages(site):
    port = free_port()
    floor = start_floor(site, port)
    try:
        time.sleep(3)
        return compare(
            {
                "bare WSGI": lambda: cost(floor, port),
                "the guide": lambda: cost(site.server, site.port),
                # An unknown address is never cached, so this is what a page costs without it.
                "Django renders": lambda: cost(site.server, site.port, "/no-such-page/", 60),
            }
        )
    finally:
        floor.terminate()
        floor.wait(40)


def post_all(site, tag):
    """The milliseconds for one sign-up, all of them sent on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=15)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    begun = time.perf_counter()
    for number in range(POSTS):
        fields = {"first_name": "Ann", "email": f"bench-{tag}-{number}@example.com"}
        visitor = {"X-Forwarded-For": f"203.0.113.{number}"}  # many visitors, so no limit is met
        connection.request("POST", "/ebooks/", urllib.parse.urlencode(fields), kind | visitor)
        response = connection.getresponse()
        response.read()
        if response.status != 303:
            sys.exit(f"a sign-up was answered {response.status}")
    connection.close()
    return (time.perf_counter() - begun) / POSTS * 1e3


def insert_all(path):
    """The milliseconds to insert two rows with the durability settings of the site."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS row (a TEXT, b TEXT)")
    begun = time.perf_counter()
    for _ in range(POSTS):
        database.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            database.execute("INSERT INTO row VALUES (?, ?)", ("a" * 200, "b" * 4000))
        database.execute("COMMIT")
    seconds = time.perf_counter() - begun
    database.close()
    return seconds / POSTS * 1e3


def report(title, found, unit):
    floor = next(iter(found.values()))
    print(f"\n{title}")
    for name, value in found.items():
        print(f"  {name:<16}{value:>10.1f} {unit}{value / floor:>9.2f} x the floor")
    return list(found.values())


def main():
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningSite(Path(folder), TRUSTED_PROXIES="1") as site,
    ):
        floor, cached, _ = report("A page, the server's CPU a request", bench_pages(site), "us")
        tags = iter(range(ROUNDS))
        forms = compare(
            {
                "bare inserts": lambda: insert_all(f"{folder}/floor.sqlite3"),
                "a sign-up": lambda: post_all(site, next(tags)),
            }
        )
        report("A sign-up", forms, "ms")
    if cached > PAGE_MAX_RATIO * floor:
        sys.exit("\nThe edge cache has become slower than it may be.")


if __name__ == "__main__":
    main()

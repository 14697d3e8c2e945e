"""`python -m tests.benchmarks.burst`: many readers ask at the same time for an old page.

It counts how often Django renders the guide, and how long the slowest reader waits: when the page
is too old, after an edit, and right after a start, when the cache is empty. `make bench` runs it.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import median

from tests import environment  # noqa: F401 settings of the tests, before Django reads any
from tests.benchmarks.bench import GUIDE, cpu_seconds
from tests.running_site import ROOT, RunningSite

READERS, ROUNDS = 100, 3
PROCESSES = 2  # as in clinic_site/gunicorn.conf.py; each process has its own cache
EXPIRY_SECONDS = 3.0  # how long the cache keeps a page here; on the site it is a minute
EDIT = "UPDATE clinic_site_contentversion SET number = number + 1"

# The site's application; each time Django is asked for the guide, a file grows by one byte.
COUNTED = """
import os
from clinic_site.wsgi import application
from clinic_site.web.page_cache import cache

cache.MAX_AGE_SECONDS = {seconds}
django = application.application
renders = os.open({renders!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def counted(environ, start_response):
    if environ["PATH_INFO"] == {guide!r}:
        os.write(renders, b".")
    return django(environ, start_response)

application.application = counted
"""


class CountedSite(RunningSite):
    """A site as it runs in production that notes each time Django renders the guide."""

    @property
    def renders(self) -> Path:
        return self.folder / "renders"

    def start(self) -> None:
        module = COUNTED.format(seconds=EXPIRY_SECONDS, renders=str(self.renders), guide=GUIDE)
        (self.folder / "counted.py").write_text(module)
        config = ROOT / "clinic_site" / "gunicorn.conf.py"
        command = [sys.executable, "-m", "gunicorn", "--config", str(config), "counted:application"]
        self.environment |= {"PYTHONPATH": os.pathsep.join([str(self.folder), str(ROOT)])}
        with (self.folder / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_up()

    def read(self, _=None) -> float:
        """Reads the guide and returns the seconds that it took."""
        begun = time.perf_counter()
        status, *_ = self.request("GET", GUIDE, headers={"Accept-Encoding": "br"}, timeout=60)
        if status != 200:
            sys.exit(f"the guide was answered {status}")
        return time.perf_counter() - begun

    def warm(self) -> None:
        """Reads the guide so often that both processes have it in their cache."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self.read, range(40)))


def burst(site: CountedSite) -> tuple[int, float, float]:
    """(renders, seconds of the slowest reader, CPU seconds of the server)."""
    rendered, cpu = site.renders.stat().st_size, cpu_seconds(site.server.pid)
    with ThreadPoolExecutor(READERS) as pool:
        slowest = max(pool.map(site.read, range(READERS)))
    time.sleep(1)  # includes the CPU that is spent after the answers
    return (
        site.renders.stat().st_size - rendered,
        slowest,
        cpu_seconds(site.server.pid) - cpu,
    )


def after_expiry(site: CountedSite) -> tuple[int, float, float]:
    site.warm()
    time.sleep(EXPIRY_SECONDS)
    return burst(site)


def after_edit(site: CountedSite) -> tuple[int, float, float]:
    site.warm()
    with closing(site.connect()) as database:
        database.execute(EDIT)
    time.sleep(1)  # after this, each process checks the content version again
    return burst(site)


def after_start(site: CountedSite) -> tuple[int, float, float]:
    site.stop()
    site.start()
    return burst(site)


def main() -> None:
    print(f"\n{READERS} readers at once on the guide, {PROCESSES} processes, medians of {ROUNDS}")
    most = 0.0
    with tempfile.TemporaryDirectory() as folder, CountedSite(Path(folder)) as site:
        for situation in (after_expiry, after_edit, after_start):
            found = [situation(site) for _ in range(ROUNDS)]
            renders, slowest, cpu = (median(values) for values in zip(*found, strict=True))
            most = max(most, renders)
            said = f"{renders:.0f} renders, slowest {slowest * 1e3:.0f} ms, CPU {cpu * 1e3:.0f} ms"
            print(f"  {situation.__name__:<14}{said}")
    if most > PROCESSES:
        sys.exit("\nReaders render the page that they wait for.")


if __name__ == "__main__":
    main()

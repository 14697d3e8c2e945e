"""`make lighthouse`: checks that Lighthouse gives the main pages the scores of LEAST.

The scores are medians of 3 runs as on a phone.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests import environment  # noqa: F401 settings of the tests, before Django reads any
from tests.browser.conftest import CHROMIUM
from tests.running_site import RunningSite

PAGES = ["/guides/back-spasm-treatment/", "/", "/consultation/", "/ebooks/"]
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
RUNS = 3


def scores(url):
    command = ["npx", "--yes", "lighthouse@12.8.2", url, "--quiet", "--output=json"]
    command += [f"--chrome-flags={FLAGS}", f"--only-categories={','.join(LEAST)}"]
    chrome = os.environ | {"CHROME_PATH": CHROMIUM}
    done = subprocess.run(command, env=chrome, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    report = json.loads(done.stdout)
    found = {name: report["categories"][name]["score"] * 100 for name in LEAST}
    for name in ("largest-contentful-paint", "cumulative-layout-shift", "total-blocking-time"):
        found[name] = report["audits"][name]["numericValue"]
    failing = [a["id"] for a in report["audits"].values() if a["score"] not in {None, 1}]
    print(f"  {' '.join(failing)}" if failing else "", end="")
    return found


def main():
    is_short = False
    with tempfile.TemporaryDirectory() as folder, RunningSite(Path(folder)) as site:
        for path in PAGES:
            runs = [scores(site.url + path) for _ in range(RUNS)]
            middle = {name: median(run[name] for run in runs) for name in runs[0]}
            print(f"\n{path}: " + ", ".join(f"{k} {v:.4g}" for k, v in middle.items()))
            is_short |= any(middle[name] < least for name, least in LEAST.items())
    sys.exit("A page is under its budget." if is_short else 0)


if __name__ == "__main__":
    main()

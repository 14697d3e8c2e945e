import os
import shutil
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_collection_modifyitems(items):
    """Without Chromium these tests are skipped and say so; in CI its absence is a failure."""
    if Path(CHROMIUM).exists() or os.environ.get("CI"):
        return
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(
                pytest.mark.skip(reason="Chromium is missing: apt-get install chromium")
            )


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def base_url(site):
    return site.url


@pytest.fixture
def open_page(browser, site):
    """Opens pages as a visitor with the given device; notes what the console complains of."""
    contexts = []

    def opened(path="/", *, width=390, height=844, **options):
        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": height}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def library_path(site):
    _, headers, _ = site.post("/ebooks/", {"first_name": "Ann", "email": "lib@example.com"})
    return headers["Location"]

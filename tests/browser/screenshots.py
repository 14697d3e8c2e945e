"""`make screenshots`: saves pictures of every page, in three widths, light and dark."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import environment  # noqa: F401 settings of the tests, before Django reads any
from tests.browser.conftest import CHROMIUM, FLAGS, pages_of_one_person
from tests.browser.test_pages import PAGES
from tests.running_site import ROOT, RunningSite

WIDTHS = (390, 820, 1280)
FORMS = {"ebooks-errors": "/ebooks/", "consultation-errors": "/consultation/"}
TARGET = ROOT / "var" / "screenshots"


def addresses(site):
    """(file name, path) of every page, including the pages behind one person's signed links."""
    own = pages_of_one_person(site)
    for path in PAGES:
        yield path.strip("/").replace("/", "-").lower() or "home", own.get(path, path)


def shoot(page, site, name, path, suffix):
    page.goto(site.url + path)
    if name in FORMS:
        page.locator("main form button").first.click()
    page.screenshot(path=TARGET / f"{name}-{suffix}.png", full_page=True)


def main():
    only = sys.argv[1:]
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, RunningSite(Path(folder)) as site:
        pages = [*addresses(site), *FORMS.items()]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for scheme in ("light", "dark"):
                for width in WIDTHS:
                    viewport = {"width": width, "height": 900}
                    page = browser.new_page(viewport=viewport, color_scheme=scheme)
                    for name, path in pages:
                        if not only or name in only:
                            shoot(page, site, name, path, f"{width}-{scheme}")
                    page.close()
            browser.close()
    print(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET}")


if __name__ == "__main__":
    main()

import os
import shutil
from functools import cache
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_collection_modifyitems(items):
    """Skips the browser tests on a machine without Chromium, but not in CI."""
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
    """A function that opens a page in a new browser of the given size.

    `page.complaints` holds the errors that the browser's console shows.
    """
    contexts = []

    def open_in_new_browser(path="/", *, width=390, height=844, **options):
        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": height}, **options
        )
        contexts.append(context)
        page = new_page(context)
        page.goto(path)
        return page

    yield open_in_new_browser
    for context in contexts:
        context.close()


def new_page(context):
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


@pytest.fixture(scope="session")
def reading_page(browser, site):
    context = browser.new_context(base_url=site.url)
    yield new_page(context)
    context.close()


@pytest.fixture
def read_page(reading_page):
    """Opens pages like open_page, but all in one tab: a new one costs four times the page.

    For tests that send nothing and do not move the mouse, whose place the next test would inherit.
    """

    def opened(path="/", *, width=390, color_scheme="light", forced_colors="none"):
        reading_page.set_viewport_size({"width": width, "height": 844})
        reading_page.emulate_media(color_scheme=color_scheme, forced_colors=forced_colors)
        reading_page.complaints.clear()
        reading_page.goto(path)
        return reading_page

    return opened


PRIVATE_LINKS = """
from leads import links
from leads.models import EbookSignup
ann = EbookSignup.objects.get(email="lib@example.com")
print(links.news_confirm_path(ann), links.news_unsubscribe_path(ann.public_id))
print(links.my_data_path(ann))
"""


@pytest.fixture(scope="session")
def own_pages(site):
    return pages_of_one_person(site)


def pages_of_one_person(site) -> dict[str, str]:
    """The paths behind signed links, by the names that PAGES gives them."""
    fields = {"first_name": "Ann", "email": "lib@example.com", "wants_news": "on"}
    library = site.post("/ebooks/", fields)[1]["Location"]
    confirm, unsubscribe, my_data = site.manage(
        "shell", "--no-imports", "-c", PRIVATE_LINKS
    ).split()
    return {
        "LIBRARY": library,
        "READER": f"{library}the-first-days/",
        "CONFIRM": confirm,
        "UNSUBSCRIBE": unsubscribe,
        "MY-DATA": my_data,
    }


@pytest.fixture(scope="session")
def password(site):
    """The password of the superuser "owner"."""
    code = (
        "from django.contrib.auth import get_user_model as m;"
        "m().objects.create_superuser('owner', password='a-long-password')"
    )
    site.manage("shell", "--no-imports", "-c", code)
    return "a-long-password"


@pytest.fixture(scope="session")
def session_of(browser, site, password):
    """A user's cookies after the log-in, which is typed once: the check of a password is slow."""

    @cache
    def cookies(name):
        context = browser.new_context(base_url=site.url)
        page = context.new_page()
        log_in(page, password, name)
        page.wait_for_url("**/admin/")
        found = context.cookies()
        context.close()
        return found

    return cookies


@pytest.fixture
def open_admin(open_page, session_of):
    """Opens the admin's first page as a user who is logged in."""

    def opened(name="owner", **options):
        cookies = session_of(name)
        page = open_page("/healthz", width=1280, **options)
        page.context.add_cookies(cookies)
        page.goto("/admin/")
        return page

    return opened


@pytest.fixture
def admin(open_admin):
    return open_admin()


def log_in(page, password, name="owner"):
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()

import os
import shutil
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
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_in_new_browser
    for context in contexts:
        context.close()


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


@pytest.fixture
def admin(open_page, password):
    page = open_page("/admin/login/", width=1280)
    log_in(page, password)
    return page


def log_in(page, password, name="owner"):
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()

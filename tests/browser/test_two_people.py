"""Two people edit the same record in two browsers, on a running site (promise 31)."""

import itertools

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import OVERFLOW, violations

NEW_REQUEST = """
from leads.models import ConsultationRequest as R
fields = dict(name="Ann Lee", phone="+12485550123", phone_typed="248 555 0123", digest="{digest}")
print(R.objects.create(**fields).pk)
"""
numbers = itertools.count()


@pytest.fixture(scope="module")
def jo(site, password):
    code = (
        "from django.contrib.auth.models import User;"
        f"User.objects.create_superuser('jo', password='{password}', first_name='Jo')"
    )
    site.manage("shell", "--no-imports", "-c", code)


@pytest.fixture
def two(open_admin, jo):
    """A function that opens two browsers: one of the owner and one of Jo."""

    def open_both(**options):
        return [open_admin(name, **options) for name in ("owner", "jo")]

    return open_both


@pytest.fixture
def request_url(site):
    """The admin's address of a new consultation request."""
    code = NEW_REQUEST.format(digest=f"two-people-{next(numbers)}")
    key = site.manage("shell", "--no-imports", "-c", code).strip()
    return f"/admin/leads/consultationrequest/{key}/change/"


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).first.click()


def stored_status_and_notes(site, url):
    key = url.split("/")[-3]
    statement = f"SELECT status, notes FROM leads_consultationrequest WHERE id = {key}"
    return site.rows(statement)[0]


def open_in_both(pages, url):
    for page in pages:
        page.goto(url)


def test_request_that_a_colleague_booked_stays_booked(two, site, request_url):
    mine, jos = pages = two()
    open_in_both(pages, request_url)
    jos.get_by_label("Status").select_option("booked")
    jos.get_by_label("Notes").fill("Tuesday at 9")
    save(jos)

    mine.get_by_label("What happened").fill("No answer")
    save(mine)

    assert stored_status_and_notes(site, request_url) == ("booked", "Tuesday at 9")
    assert "kept: Status, Notes." in mine.locator(".messagelist").inner_text()
    assert [page.complaints for page in pages] == [[], []]


def edit_in_both(pages, url):
    mine, jos = pages
    open_in_both(pages, url)
    jos.get_by_label("Status").select_option("booked")
    jos.get_by_label("Notes").fill("Tuesday at 9")
    save(jos)
    mine.get_by_label("Status").select_option("tried")
    mine.get_by_label("Notes").fill("No answer")
    save(mine)


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_conflict_is_answered_with_the_keyboard(two, site, request_url, java_script_enabled):
    mine, _jos = pages = two(java_script_enabled=java_script_enabled)
    edit_in_both(pages, request_url)
    assert stored_status_and_notes(site, request_url) == ("booked", "Tuesday at 9")
    assert mine.get_by_role("radio", checked=True).count() == 0

    status = mine.get_by_role("group", name="Status")
    expect(status).to_contain_text("Jo changed it at")
    status.get_by_role("radio", name="Take theirs").press("Space")
    notes = mine.get_by_role("group", name="Notes")
    notes.get_by_role("radio", name="Keep mine").press("Space")
    save(mine)

    assert stored_status_and_notes(site, request_url) == ("booked", "No answer")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1280])
def test_conflict_question_is_accessible_and_fits(two, request_url, width, scheme):
    mine, _jos = pages = two(color_scheme=scheme)
    edit_in_both(pages, request_url)

    mine.set_viewport_size({"width": width, "height": 900})

    assert mine.title().startswith("Error: ")
    assert mine.evaluate(OVERFLOW) == 0
    assert violations(mine) == []


def open_section(page, title):
    """Opens the section's block on the page and returns it."""
    row = page.locator("#sections-group .inline-related").filter(
        has=page.locator("summary .title", has_text=title)
    )
    row.locator("summary").first.click()
    return row.first


def type_into(page, title, words):
    row = open_section(page, title)
    row.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)
    expect(row.locator(".ProseMirror")).to_contain_text(words.strip())


def guide_url(site):
    ((key,),) = site.rows("SELECT id FROM articles_article WHERE slug = 'back-spasm-treatment'")
    return f"/admin/articles/article/{key}/change/"


def stored_bodies(site):
    return dict(site.rows("SELECT title, body FROM articles_section"))


def test_two_sections_of_one_page_are_both_kept(two, site):
    mine, jos = pages = two()
    open_in_both(pages, guide_url(site))
    type_into(jos, "moist heat", " Jo was here.")
    type_into(mine, "cold first", " So was I.")

    save(jos)
    save(mine)

    kept = stored_bodies(site)
    assert "Jo was here." in kept["Then use moist heat"]
    assert "So was I." in kept["Use cold first"]
    assert [page.complaints for page in pages] == [[], []]


def test_section_that_both_changed_is_asked_about(two, site):
    mine, jos = pages = two()
    open_in_both(pages, guide_url(site))
    type_into(jos, "Elevate your legs", " Jo first.")
    type_into(mine, "Elevate your legs", " Then I.")
    save(jos)

    save(mine)
    assert "Then I." not in stored_bodies(site)["Elevate your legs"]
    mine.get_by_role("link", name="Elevate your legs: Body").click()
    mine.get_by_role("radio", name="Keep mine").check()
    save(mine)

    kept = stored_bodies(site)["Elevate your legs"]
    assert ("Jo first." in kept, "Then I." in kept) == (False, True)
    assert [page.complaints for page in pages] == [[], []]

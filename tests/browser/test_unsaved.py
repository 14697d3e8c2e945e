"""The admin asks before a person leaves a page with words that are not saved."""

import pytest
from playwright.sync_api import expect

FORMS = [
    "/admin/leads/testimonial/add/",
    "/admin/leads/newsmessage/add/",
    "/admin/articles/article/add/",
    "/admin/articles/ebook/add/",
    "/admin/auth/user/add/",
    "/admin/auth/group/add/",
    "/admin/clinic_site/practice/",
]


@pytest.fixture
def questions(admin):
    """The questions of the browser before a page is left. The answer is always “Stay”."""
    found = []

    def stay(dialog):
        found.append(dialog.type)
        dialog.dismiss()

    admin.on("dialog", stay)
    return found


def follow_link_to_today(page):
    page.locator("nav.sections").get_by_role("link", name="Today").click(no_wait_after=True)


@pytest.mark.parametrize("path", FORMS)
def test_half_typed_form_asks_before_it_is_left(admin, questions, path):
    admin.goto(path)
    box = admin.locator("#content-main form").locator("input[type=text]:visible").first
    box.fill("Half a sent")

    follow_link_to_today(admin)

    expect(box).to_have_value("Half a sent")
    assert questions == ["beforeunload"]
    assert admin.complaints == []


@pytest.mark.parametrize("path", ["/admin/articles/article/add/", "/admin/clinic_site/practice/"])
def test_form_without_a_change_is_left_without_a_question(admin, questions, path):
    admin.goto(path)
    box = admin.locator("#content-main form").locator("input[type=text]:visible").first
    former = box.input_value()
    box.fill("Half a sent")
    box.fill(former)

    follow_link_to_today(admin)

    admin.wait_for_url("**/admin/")
    assert questions == []


def edit_section(page):
    page.goto("/admin/articles/section/?q=breathe")
    page.locator("#result_list tbody a").first.click()
    page.locator(".ProseMirror").first.click()
    page.keyboard.press("Control+End")


def test_editor_with_unsaved_words_asks_before_it_is_left(admin, questions):
    edit_section(admin)
    admin.keyboard.type(" Slowly.")

    follow_link_to_today(admin)

    expect(admin.locator(".ProseMirror").first).to_contain_text("Slowly.")
    assert questions == ["beforeunload"]


def test_editor_that_was_only_clicked_is_left_without_a_question(admin, questions):
    edit_section(admin)

    follow_link_to_today(admin)

    admin.wait_for_url("**/admin/")
    assert questions == []


def test_saved_words_are_left_without_a_question(admin, questions):
    admin.goto("/admin/clinic_site/practice/")
    admin.get_by_label("Region").fill("Here")
    admin.get_by_role("button", name="Save and continue editing").click()
    admin.locator(".messagelist").wait_for()

    follow_link_to_today(admin)

    admin.wait_for_url("**/admin/")
    assert questions == []


def test_form_that_came_back_with_errors_asks_before_it_is_left(admin, questions):
    admin.goto("/admin/clinic_site/practice/")
    admin.get_by_label("Phone").fill("none")
    admin.get_by_role("button", name="Save", exact=True).click()
    admin.locator(".errornote").wait_for()

    follow_link_to_today(admin)

    expect(admin.get_by_label("Phone")).to_have_value("none")
    assert questions == ["beforeunload"]


def test_button_pressed_twice_sends_the_form_once(admin):
    posts = []
    admin.on("request", lambda sent: sent.method == "POST" and posts.append(sent.url))
    admin.goto("/admin/leads/testimonial/add/")
    admin.get_by_label("Name").fill("Twice")
    admin.get_by_label("Quote").fill("I walk again.")

    with admin.expect_navigation():
        admin.get_by_role("button", name="Save", exact=True).dblclick()

    admin.wait_for_url("**/admin/leads/testimonial/")
    assert len(posts) == 1
    assert admin.locator("#result_list a", has_text="Twice").count() == 1

"""People fill in the public forms in a browser, with JavaScript and without."""

import json
from itertools import pairwise

import pytest

WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False])


def requests_of(site):
    return site.manage("export_leads", "requests")


@WITH_AND_WITHOUT
def test_ebook_signup_from_the_guide_opens_the_library(open_page, site, javascript):
    page = open_page("/guides/back-spasm-treatment/", java_script_enabled=javascript)

    page.get_by_label("First name").fill("Ann")
    page.get_by_label("Email address").fill(f"guide-{javascript}@example.com")
    page.locator('form[action="/ebooks/"] button').click()

    page.wait_for_url("**/ebooks/library/**")
    assert page.get_by_role("link", name="Read").count() == 4
    sent = [m for m in site.outbox() if m["to"] == f"guide-{javascript}@example.com"]
    assert [m["kind"] for m in sent] == ["library_link"]
    assert page.url.partition("/ebooks/")[2] in sent[0]["body"]


@WITH_AND_WITHOUT
def test_ebook_signup_says_what_is_wrong_and_keeps_what_was_typed(open_page, javascript):
    page = open_page("/ebooks/", java_script_enabled=javascript)

    page.get_by_label("Email address").fill("ann@")
    page.locator('form[action="/ebooks/"] button').click()

    assert page.title().startswith("Error: ")
    summary = page.get_by_role("alert")
    assert summary.get_by_role("link").all_inner_texts() == [
        "Enter your first name",
        "Enter an email address like name@example.com",
    ]
    assert page.get_by_label("Email address").input_value() == "ann@"
    summary.get_by_role("link", name="Enter your first name").click()
    assert page.evaluate("document.activeElement.name") == "first_name"


def test_error_summary_takes_the_focus(open_page):
    page = open_page("/consultation/")

    page.locator("main form button").click()

    page.wait_for_function("document.activeElement.querySelector('[role=alert]') !== null")


@WITH_AND_WITHOUT
def test_consultation_can_be_asked_for_with_the_keyboard_alone(open_page, site, javascript):
    page = open_page("/consultation/", java_script_enabled=javascript)
    name = f"Keyboard {javascript}"

    page.get_by_label("Your name").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type("248 555 0123")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    page.wait_for_url("**/consultation/thanks/")
    assert name in requests_of(site)


def test_consultation_with_a_wrong_number_keeps_everything(open_page):
    page = open_page("/consultation/")

    page.get_by_label("Your name").fill("Ann Lee")
    page.get_by_label("Phone number", exact=True).fill("12")
    page.get_by_label("Evening").check()
    page.get_by_label("Anything we should know").fill("Since Monday.")
    page.locator("main form button").click()

    field = page.get_by_label("Phone number", exact=True)
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby").split()
    texts = [page.locator(f"#{each}").inner_text() for each in described]
    assert any("with its area code" in text for text in texts)
    assert page.get_by_label("Your name").input_value() == "Ann Lee"
    assert page.get_by_label("Evening").is_checked()
    assert page.get_by_label("Anything we should know").input_value() == "Since Monday."


def test_consultation_sent_by_double_click_and_again_is_stored_once(open_page, site):
    page = open_page("/consultation/")
    page.get_by_label("Your name").fill("Double Click")
    page.get_by_label("Email address").fill("double@example.com")
    page.get_by_label("Any time").check()

    page.locator("main form button").dblclick()
    page.wait_for_url("**/consultation/thanks/")
    page.go_back()
    page.locator("main form button").click()
    page.wait_for_url("**/consultation/thanks/")

    assert requests_of(site).count("Double Click") == 1


def test_hidden_field_cannot_be_seen_or_reached_with_tab(open_page):
    page = open_page("/consultation/")

    trap = page.locator('input[name="website"]')
    assert trap.get_attribute("tabindex") == "-1"
    assert not page.get_by_role("textbox", name="Leave this field empty").count()
    middle = """e => { const b = e.getBoundingClientRect();
      return document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2) === e }"""
    assert not trap.evaluate(middle)


def test_mail_of_a_signup_is_sent_by_the_worker(site):
    site.post("/ebooks/", {"first_name": "Mia", "email": "mia@example.com"})

    site.manage("send_mail_queue", "--once")

    files = [path.read_text() for path in (site.folder / "mail").glob("*.eml")]
    assert len([text for text in files if "To: mia@example.com" in text]) == 1
    states = {m["to"]: m["state"] for m in map(json.loads, site.manage("outbox").splitlines())}
    assert states["mia@example.com"] == "sent"


@WITH_AND_WITHOUT
def test_phone_that_can_be_two_numbers_is_asked_about_with_buttons(open_page, site, javascript):
    page = open_page("/consultation/", java_script_enabled=javascript)
    page.get_by_label("Your name").fill(f"Two numbers {javascript}")
    page.get_by_label("Phone number", exact=True).fill("+248 255 0123")
    page.get_by_label("Evening").check()
    page.locator("main form button").click()

    page.get_by_role("button", name="Use (248) 255-0123").click()

    page.wait_for_url("**/consultation/thanks/")
    (row,) = [r for r in requests_of(site).splitlines() if f"Two numbers {javascript}" in r]
    assert "+12482550123" in row


def test_phone_that_is_pasted_is_not_cut(open_page):
    page = open_page("/consultation/")
    field = page.get_by_label("Phone number", exact=True)

    field.focus()
    page.keyboard.insert_text("+1 (248) 555-0123 extension 1234")

    assert field.input_value() == "+1 (248) 555-0123 extension 1234"


TOPS_AND_BOTTOMS = """links => links.map(link => {
    const range = document.createRange(); range.selectNodeContents(link);
    return [...range.getClientRects()].map(line => [line.top, line.bottom]);
})"""


def test_items_of_the_error_summary_are_farther_apart_than_their_lines(open_page):
    page = open_page("/consultation/", width=320)
    page.get_by_label("Your name").fill("A" * 81)
    page.locator("main form button").click()

    items = page.get_by_role("alert").get_by_role("link").evaluate_all(TOPS_AND_BOTTOMS)

    lines_apart = items[0][1][0] - items[0][0][1]
    items_apart = [below[0][0] - above[-1][1] for above, below in pairwise(items)]
    assert min(items_apart) - lines_apart > 12

"""Staff edit the site in the admin, with its strict Content-Security-Policy."""

import pytest

GUIDE = "/guides/back-spasm-treatment/"


def test_editor_changes_the_guide(admin, site):
    admin.goto("/admin/articles/section/?q=cold")
    admin.locator("#result_list tbody a").first.click()
    editor = admin.locator(".ProseMirror").first

    editor.click()
    admin.keyboard.press("Control+End")
    admin.keyboard.type(" Keep the towel dry.")
    admin.get_by_role("button", name="Save", exact=True).click()

    admin.wait_for_url("**/admin/articles/section/**")
    assert "Keep the towel dry." in wait_for_edit(admin, site)
    assert admin.complaints == []


def wait_for_edit(admin, site):
    """The guide a second after the edit, when every process has dropped the former page."""
    admin.wait_for_timeout(1100)
    return site.get(GUIDE)[2].decode()


def test_editor_views_the_page_as_just_saved(admin, site):
    """This test does not wait: neither the browser nor any process may show the former words."""
    ((pk, former),) = site.rows("SELECT id, title FROM articles_article WHERE slug = 'privacy'")
    for title in ("What we keep", former):
        admin.goto("/privacy/")
        admin.goto(f"/admin/articles/article/{pk}/change/")
        admin.locator("#id_title").fill(title)
        admin.get_by_role("button", name="Save and continue editing").first.click()

        admin.get_by_role("link", name="View on site").click()

        admin.wait_for_url("**/privacy/")
        assert admin.get_by_role("heading", level=1).inner_text() == title
    assert admin.complaints == []


def test_phone_of_the_practice_changes_everywhere(admin, site):
    admin.goto("/admin/clinic_site/practice/")
    admin.get_by_label("Phone").fill("(248) 844-2665")
    admin.get_by_label("Region").fill("south-east Michigan, USA")
    admin.get_by_role("button", name="Save", exact=True).click()

    page = wait_for_edit(admin, site)

    assert "south-east Michigan, USA" in page
    assert admin.complaints == []


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/articles/article/",
        "/admin/articles/article/add/",
        "/admin/articles/ebook/",
        "/admin/leads/ebooksignup/",
        "/admin/leads/consultationrequest/",
        "/admin/leads/testimonial/",
        "/admin/leads/outgoingmail/",
        "/admin/clinic_site/practice/",
    ],
)
def test_admin_screens_open_under_the_strict_policy(admin, path):
    admin.goto(path)

    assert admin.locator("h1").count() >= 1
    assert admin.complaints == []

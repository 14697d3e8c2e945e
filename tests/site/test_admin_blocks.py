"""Our templates fill blocks of Django's and simple-history's admin templates.

If a library renames such a block, Django leaves out what we put there, without an error. Each test
looks for our content on a page.
"""

import re
from html import unescape

import pytest

from tests.admin_pages import page_text
from tests.clinic_site.admin.conflicts.windows import Window, change_url
from tests.factories import make_article, make_request, make_section


def test_base_site_links_the_second_factor_beside_the_login(owner):
    page = owner.get("/admin/").text

    tools = re.search(r'<div id="user-tools">.*?</div>', page, re.DOTALL)[0]
    assert '<a href="/admin/second-factor/">Second factor</a>' in tools


def test_base_site_loads_our_style_sheet_after_those_of_django(owner):
    page = owner.get("/admin/").text

    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)[-1] == "/static/css/admin.css"


def test_index_has_no_breadcrumbs(owner):
    assert 'class="breadcrumbs"' not in owner.get("/admin/").text


def test_change_list_is_titled_with_what_it_lists(owner):
    page = owner.get("/admin/leads/consultationrequest/")

    assert re.findall(r"<h1>(.*?)</h1>", page.text) == ["Consultation requests"]


@pytest.mark.parametrize("make", [make_request, make_article])
def test_change_form_sends_the_note_that_guards_against_conflicts(owner, make):
    page = owner.get(change_url(make()))

    form = re.search(r'<form[^>]* id="\w+_form".*?</form>', page.text, re.DOTALL)[0]
    sent = re.findall(r'<input type="hidden" name="_opened" value="([^"]+)">', form)
    assert [unescape(value) for value in sent] == [page.context["opened"]]
    assert sent


def test_change_form_with_a_question_has_error_in_its_title(owner):
    request = make_request()
    window = Window(owner, request)
    Window(owner, request).save(notes="Theirs")

    page = window.save(notes="Mine")

    assert "<title>Error: " in page.text
    assert "Not saved yet: others changed the same" in page_text(page)


def test_restore_form_says_what_is_restored(editor):
    section = make_section(make_article())
    version = section.history.get()

    page = editor.get(f"/admin/articles/section/{section.pk}/history/{version.pk}/")

    assert "“Revert” brings back these words." in page_text(page)
    assert '<input type="hidden" name="_opened" value="' in page.text

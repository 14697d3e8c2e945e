"""Staff paste text into the editor, with the admin's strict Content-Security-Policy."""

import random
from html import escape

import pytest

from articles.rich_text import cleaning
from tests.articles.rich_text.pasted.test_reader import EVERY_SAMPLE, on_one_line
from tests.articles.rich_text.test_cleaning import PIECES
from tests.articles.rich_text.test_link_targets import LINKS
from tests.browser.conftest import log_in

PASTE = """([kind, content]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData(kind, content);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
COPY_AND_PASTE_AT_THE_END = """() => {
  const box = document.activeElement;
  const event = { clipboardData: new DataTransfer(), bubbles: true, cancelable: true };
  box.dispatchEvent(new ClipboardEvent("copy", event));
  getSelection().collapseToEnd();
  document.dispatchEvent(new Event("selectionchange"));
  box.dispatchEvent(new ClipboardEvent("paste", event));
}"""


READ = """async (texts) => {
  const box = document.querySelector("[data-django-prose-editor-configurable]");
  const config = JSON.parse(box.dataset.djangoProseEditorConfigurable);
  const [links, paste] = await Promise.all(config.js_modules.map((url) => import(url)));
  return texts.map((text) => paste.keepMeaning(text, links.linkTarget).html);
}"""


@pytest.fixture(scope="module")
def section_page(browser, site, password):
    """One browser for all tests of this file, because logging in and loading take seconds."""
    page = browser.new_context(base_url=site.url).new_page()
    page.complaints = []
    page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
    log_in(page, password)
    yield page
    page.context.close()


@pytest.fixture
def section(section_page, site):
    """The change page of a section; its editor is empty and has the focus."""
    page = section_page
    page.key = site.rows("SELECT id FROM articles_section WHERE anchor = 'what-it-is'")[0][0]
    path = f"/admin/articles/section/{page.key}/change/"
    if not page.url.endswith(path):
        page.goto(path)
    page.editor = page.locator(".ProseMirror")
    page.editor.focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    return page


def save(page, site):
    """Saves with the keyboard and returns the text that is then in the database."""
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    page.wait_for_url("**/admin/articles/section/")
    return site.rows(f"SELECT body FROM articles_section WHERE id = {page.key}")[0][0]


@EVERY_SAMPLE
def test_editor_keeps_the_meaning_of_what_is_pasted(section, sample):
    section.evaluate(PASTE, ["text/html", sample["html"]])

    sent = section.locator("#id_body").input_value()
    assert cleaning.clean(sent) == on_one_line(sample["stored"])
    assert section.complaints == []


def test_editor_and_server_agree_on_any_markup(section):
    draw = random.Random(14)
    texts = ["<p>" + "".join(draw.choices(PIECES, k=8)) for _ in range(1000)]

    read = section.evaluate(READ, texts)

    for text, kept in zip(texts, read, strict=True):
        assert cleaning.clean(kept) == on_one_line(cleaning.clean(text)), text


def test_pasted_table_is_stored_and_shown_with_its_cells_apart(section, site):
    section.evaluate(PASTE, ["text/html", "<td>1</td><td>0 to 5 <b>times</b></td>"])

    assert save(section, site) == "<p>1 0 to 5 <strong>times</strong></p>"
    section.goto("/guides/back-spasm-treatment/")
    assert "1 0 to 5 times" in section.locator("#what-it-is").inner_text()


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        ("<b>15</b> minutes", "<p>Hold <strong>15</strong> minutesnow</p>"),
        (
            "<ol start='3'><li>Rest</li><li>Walk</li></ol>",
            '<p>Hold</p><ol start="3"><li>Rest</li><li>Walk</li></ol><p>now</p>',
        ),
        ("<tr><td>1</td></tr><tr><td>2</td></tr>", "<p>Hold</p><p>1</p><p>2</p><p>now</p>"),
    ],
)
def test_blocks_stay_apart_from_the_words_around_the_cursor(section, pasted, stored):
    section.keyboard.type("now")
    for _ in range(20):  # a busy browser may miss the key
        section.keyboard.press("Home")
        section.wait_for_timeout(50)
        if section.evaluate("getSelection().anchorOffset") == 0:
            break
    section.keyboard.type("Hold ")
    section.evaluate(PASTE, ["text/html", pasted])

    sent = section.locator("#id_body").input_value()
    assert cleaning.clean(sent) == cleaning.clean(stored)


def test_struck_out_text_is_named_when_it_is_left_out(section):
    section.evaluate(PASTE, ["text/html", "<p>For <s>20 minutes</s> 15 minutes</p>"])

    assert section.editor.inner_text() == "For 15 minutes"
    note = section.get_by_role("status").inner_text()
    assert note == "Struck-out text was left out: “20 minutes”."


def test_plain_text_is_pasted_as_it_is_seen(section, site):
    section.evaluate(PASTE, ["text/plain", "1\t0 to 5\u200b times\n15\xa0min\x0bthen rest"])

    assert save(section, site) == "<p>1 0 to 5 times</p><p>15&nbsp;min<br>then rest</p>"


def test_text_of_the_editor_itself_is_pasted_as_it_was(section):
    section.evaluate(PASTE, ["text/html", "<ol start=3><li>Rest <b>now</b></li><li>Walk</li></ol>"])
    section.keyboard.press("Control+A")
    section.evaluate(COPY_AND_PASTE_AT_THE_END)

    items = "<li>Rest <strong>now</strong></li><li>Walk"
    sent = cleaning.clean(section.locator("#id_body").input_value())
    assert sent == f'<ol start="3">{items}<ol start="3">{items}</li></ol></li></ol>'


def test_html_that_is_typed_into_the_dialog_keeps_its_meaning(section):
    section.get_by_role("button", name="HTML").click()
    section.get_by_label("HTML", exact=False).last.fill("<table><td>1</td><td>0 to 5</td></table>")
    section.get_by_role("button", name="Update").press("Enter")

    assert section.editor.inner_text() == "1 0 to 5"


def test_links_lead_where_they_were_meant_to_lead(section):
    items = [f'<p><a href="{escape(typed)}">x</a></p>' for typed in LINKS]
    section.evaluate(PASTE, ["text/html", "".join(items)])

    sent = cleaning.clean(section.locator("#id_body").input_value())
    assert sent == "".join(
        f'<p><a href="{target}">x</a></p>' if target else "<p>x</p>" for target in LINKS.values()
    )


def test_link_dialog_completes_an_address_and_refuses_what_leads_nowhere(section):
    section.keyboard.type("Read this")
    section.keyboard.press("Control+A")
    section.keyboard.press("Control+K")
    section.get_by_role("textbox", name="Address").fill("guides/rest")
    section.keyboard.press("Enter")
    assert "“guides/rest” leads nowhere." in section.locator("dialog").inner_text()
    section.get_by_role("textbox", name="Address").fill("www.example.com")
    section.keyboard.press("Enter")

    link = section.editor.get_by_role("link", name="Read this")
    assert link.get_attribute("href") == "https://www.example.com"
    assert section.complaints == []


def test_guide_that_is_opened_and_saved_writes_nothing(section_page, site):
    before = site.rows("SELECT updated_at FROM articles_section ORDER BY id")
    versions = site.rows("SELECT count(*) FROM articles_historicalsection")
    [[key]] = site.rows("SELECT id FROM articles_article WHERE slug = 'back-spasm-treatment'")

    section_page.goto(f"/admin/articles/article/{key}/change/")
    section_page.locator(".ProseMirror").nth(18).wait_for(state="attached")
    section_page.get_by_role("button", name="Save", exact=True).first.press("Enter")
    section_page.wait_for_url("**/admin/articles/article/")

    assert site.rows("SELECT updated_at FROM articles_section ORDER BY id") == before
    assert site.rows("SELECT count(*) FROM articles_historicalsection") == versions

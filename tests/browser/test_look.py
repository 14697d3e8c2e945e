"""Nothing on a page moves under a finger, wraps badly or is torn apart, on screen or on paper."""

import io

import pytest
from pypdf import PdfReader

from tests.browser.test_pages import PAGES

GUIDE = "/guides/back-spasm-treatment/"
HEADINGS = "h1, h2, h3, .contents a"
LINES = """found => found.map(e => {
  const range = document.createRange(), tops = [];
  for (const text of e.childNodes) {
    range.selectNodeContents(text);
    tops.push(...[...range.getClientRects()].map(r => Math.round(r.top)));
  }
  return [e.textContent, new Set(tops).size];
}).filter(([, lines]) => lines > 1)"""


@pytest.fixture
def address(request, own_pages):
    return own_pages.get(request.param, request.param)


@pytest.mark.parametrize("width", [320, 390, 700])
def test_menu_button_stays_where_it_is_when_the_list_opens(open_page, width):
    page = open_page("/", width=width)
    button = page.locator(".menu summary")
    before = button.bounding_box()

    button.click()
    opened = button.bounding_box()
    page.mouse.click(before["x"] + 20, before["y"] + 20)

    assert opened == before
    assert page.url.endswith("/")
    assert page.locator(".menu[open]").count() == 0


def test_menu_button_stays_beside_a_long_name(open_page):
    page = open_page("/", width=320)
    name = "Lakeside Orthopedic and Sports Physical Therapy of Greater Rochester"
    page.locator(".brand span").evaluate("(e, name) => { e.textContent = name }", name)

    page.locator(".menu summary").click()

    brand = page.locator(".brand").bounding_box()
    assert page.locator(".menu li").first.bounding_box()["y"] >= brand["y"] + brand["height"]
    assert page.locator(".menu summary").bounding_box()["x"] >= brand["x"] + brand["width"] - 140


@pytest.mark.parametrize("width", [320, 360, 390, 600, 820, 1280])
def test_heading_does_not_break_at_a_hyphen(read_page, width):
    page = read_page(GUIDE, width=width)

    words = page.locator(".unbroken")

    assert "self-care" in words.all_inner_texts()
    assert page.eval_on_selector_all(".unbroken", LINES) == []


@pytest.mark.parametrize("path", [GUIDE, "/guides/", "/ebooks/"])
def test_words_that_are_kept_together_keep_the_spaces_around_them(read_page, path):
    """A flex row would drop the spaces around them."""
    page = read_page(path, width=1280)

    rows = page.eval_on_selector_all(
        ".unbroken",
        "all => all.map(e => e.parentElement)"
        ".filter(e => getComputedStyle(e).display.includes('flex')).map(e => e.textContent)",
    )

    assert rows == []


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_dose_keeps_a_number_with_its_unit(read_page, width):
    page = read_page(GUIDE, width=width)

    doses = page.locator(".dose .unbroken").all_inner_texts()

    assert {"12 to 15 minutes", "5 to 10 counts", "10 repetitions"} <= set(doses)
    assert page.eval_on_selector_all(".dose .unbroken", LINES) == []


@pytest.mark.parametrize("path", ["/ebooks/link/sent/", "UNSUBSCRIBE", "CONFIRM"])
def test_paragraphs_of_short_pages_have_small_gaps(read_page, own_pages, path):
    page = read_page(own_pages.get(path, path), width=1280)

    gaps = page.eval_on_selector_all(
        ".column.text > * + *",
        "all => all.map(e => e.getBoundingClientRect().top"
        " - e.previousElementSibling.getBoundingClientRect().bottom)",
    )

    assert [gap for gap in gaps if gap > 24] == []


def test_forced_colours_show_the_logo_and_hide_the_drawn_shore(read_page):
    page = read_page("/", forced_colors="active", color_scheme="dark")

    wave = page.locator(".brand path").evaluate("e => getComputedStyle(e).stroke")
    text_colour = page.locator(".brand").evaluate("e => getComputedStyle(e).color")

    assert wave == text_colour
    assert not page.locator(".shore").is_visible()


def print_to_pdf(page) -> list[str]:
    pdf = page.pdf(prefer_css_page_size=True)
    return [sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages]


def test_printed_guide_names_its_address_and_date(read_page, site):
    sheets = print_to_pdf(read_page(GUIDE, width=1280))

    assert f"{site.url}{GUIDE}, as of " in sheets[0]


def test_printed_exercises_have_their_warning_on_the_same_sheet(read_page):
    sheets = print_to_pdf(read_page(GUIDE, width=1280))

    assert [sheet for sheet in sheets if "Exercises to help" in sheet] == [
        sheet for sheet in sheets if "Not at the onset" in sheet
    ]


def test_library_prints_on_one_sheet_without_buttons(read_page, own_pages):
    sheets = print_to_pdf(read_page(own_pages["LIBRARY"], width=1280))

    assert len(sheets) == 1
    assert "The First Days" in sheets[0]
    assert "Read online" not in sheets[0]


SMALL = """all => all.filter(e => e.getClientRects().length && !e.closest('p:not(.more), .lede'))
  .map(e => [e.textContent.trim(), e.getBoundingClientRect().height])
  .filter(([, height]) => height < 43.5)"""


@pytest.mark.parametrize("address", PAGES, indirect=True)
def test_link_outside_a_paragraph_is_high_enough_for_a_thumb(read_page, address):
    page = read_page(address)

    alone = "main .more a, main .links a, main .formats a, main .sources a, .guide-steps a, .foot a"

    assert page.eval_on_selector_all(alone, SMALL) == []


def test_guides_list_leads_to_each_step(open_page):
    page = open_page("/guides/", width=1280)

    page.get_by_role("link", name="3. Then use moist heat").click()

    assert page.url.endswith("/guides/back-spasm-treatment/#heat")

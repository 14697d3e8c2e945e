"""Every public page is accessible, fits its screen and loads nothing foreign, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = [
    "/",
    "/guides/",
    "/guides/back-spasm-treatment/",
    "/treatments/",
    "/treatments/sciatica/",
    "/ebooks/",
    "/ebooks/link/",
    "/ebooks/link/sent/",
    "/consultation/",
    "/consultation/thanks/",
    "/testimonials/",
    "/privacy/",
    "/no-such-page/",
    "/ebooks/library/forged/",
    "LIBRARY",
    "READER",
    "CONFIRM",
    "UNSUBSCRIBE",
    "MY-DATA",
]
FORMS = ["/ebooks/", "/consultation/", "/ebooks/link/"]
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # a selector for each element that passes takes a third longer
}

TEXT_SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def address(request, own_pages):
    return own_pages.get(request.param, request.param)


def violations(page):
    found = Axe().run(page, options=AXE).response["violations"]
    return [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found]


@pytest.mark.parametrize("address", PAGES, indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_page_is_accessible_and_fits(read_page, address, scheme, width):
    page = read_page(address, width=width, color_scheme=scheme)

    assert violations(page) == []
    assert page.evaluate(OVERFLOW) == 0
    assert [c for c in page.complaints if "Failed to load resource" not in c] == []


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_form_with_errors_is_accessible_and_fits(open_page, path, scheme, width):
    page = open_page(path, width=width, color_scheme=scheme)

    page.locator("main form button").first.click()

    assert page.title().startswith("Error: ")
    assert violations(page) == []
    assert page.evaluate(OVERFLOW) == 0
    links = page.eval_on_selector_all("[role=alert] a", "all => all.map(a => a.hash)")
    assert [link for link in links if not page.locator(f"input{link}").count()] == []


@pytest.mark.parametrize("address", PAGES, indirect=True)
def test_page_fits_with_wide_text_spacing(read_page, address):
    page = read_page(address, width=320)

    page.evaluate(TEXT_SPACING)

    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("address", PAGES, indirect=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_page_fits_with_doubled_text(read_page, address, width):
    page = read_page(address, width=width)
    before = page.locator("main p").first.evaluate("e => getComputedStyle(e).fontSize")

    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")

    after = page.locator("main p").first.evaluate("e => getComputedStyle(e).fontSize")
    assert float(after[:-2]) == 2 * float(before[:-2])
    assert page.evaluate(OVERFLOW) == 0


HIDDEN_FOCUS = """() => {
  const e = document.activeElement, b = [...e.getClientRects()].at(-1);
  if (e === document.body) return null;
  const y = (Math.max(b.top, 0) + Math.min(b.bottom, innerHeight)) / 2;
  const top = document.elementFromPoint(b.left + Math.min(b.width, 24) / 2, y);
  const seen = top && (e.contains(top) || top.contains(e) || e.labels?.[0]?.contains(top));
  return seen ? "" : e.outerHTML.slice(0, 120);
}"""


@pytest.mark.parametrize("address", PAGES, indirect=True)
def test_every_tab_stop_can_be_seen(read_page, address):
    page = read_page(address)
    hidden = []
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(HIDDEN_FOCUS)
        if found is None:
            break
        hidden.append(found)

    assert len(hidden) >= 6
    assert [element for element in hidden if element] == []


@pytest.mark.parametrize("address", PAGES, indirect=True)
def test_page_links_to_places_that_exist(read_page, address):
    page = read_page(address)

    inner = page.eval_on_selector_all("a[href^='#']", "all => all.map(a => a.hash.slice(1))")

    assert [name for name in inner if not page.locator(f"[id='{name}']").count()] == []


@pytest.mark.parametrize("address", PAGES, indirect=True)
def test_page_loads_nothing_from_other_sites_and_sets_no_cookie(open_page, address, site):
    page = open_page("/healthz")
    requested = []
    page.on("request", lambda request: requested.append(request.url))

    page.goto(address)

    assert [url for url in requested if not url.startswith(site.url)] == []
    assert page.context.cookies() == []


def test_guide_shows_the_emergency_within_the_first_500_pixels(read_page):
    page = read_page("/guides/back-spasm-treatment/")

    box = page.locator("#emergency h2, h2#emergency").first.bounding_box()

    assert box["y"] < 500


def test_guide_costs_under_20_kb_on_the_wire_and_3_requests(open_page, browser, site):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    page.goto(f"{site.url}/guides/back-spasm-treatment/", wait_until="networkidle")
    context.close()

    assert len(sizes) <= 3
    assert sum(sizes) < 20_000, sizes


def test_guide_prints_on_at_most_7_letter_pages(read_page, tmp_path):
    page = read_page("/guides/back-spasm-treatment/", width=1280)

    pdf = page.pdf(format="Letter")

    assert 3 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 7

"""The guide and the pages of the starter content have their sections, links, sources and fields."""

import re

import pytest

from tests.content.starter_texts import (
    ARTICLES,
    CARE,
    GUIDE,
    PAGES,
    SECTIONS,
    TREATMENTS,
    Tags,
    slug_of,
)
from tests.running_site import ROOT

FIGURES = {path.stem for path in (ROOT / "static" / "figures").glob("*.svg")}
GUIDE_ORDER = [
    ("emergency", "emergency"),
    ("what-it-is", "text"),
    ("symptoms", "text"),
    ("why-it-happens", "text"),
    ("self-care", "text"),
    ("stop", "step"),
    ("cold", "step"),
    ("heat", "step"),
    ("rest", "step"),
    ("legs", "step"),
    ("relax", "step"),
    ("medicine", "step"),
    ("exercises", "text"),
    ("march", "exercise"),
    ("overhead-stretch", "exercise"),
    ("knee-to-chest", "exercise"),
    ("urgent", "urgent"),
    ("call-a-doctor", "doctor"),
    ("if-nothing-works", "text"),
]
SECTION_FIELDS = {
    *("anchor", "kind", "title", "tone", "figure", "body", "dos", "donts", "sources"),
    *("callout_title", "callout"),
    *("dose_how_long", "dose_repetitions", "dose_how_often", "dose_until"),
}
ADDRESSES = {
    "/",
    "/guides/",
    "/guides/back-spasm-treatment/",
    "/treatments/",
    "/treatments/spinal-stenosis/",
    "/treatments/herniated-disc/",
    "/treatments/spinal-spondylosis/",
    "/treatments/sciatica/",
    "/treatments/scoliosis/",
    "/ebooks/",
    "/ebooks/link/",
    "/consultation/",
    "/testimonials/",
    "/privacy/",
}


def test_guide_has_its_sections_in_order():
    assert [(s["anchor"], s["kind"]) for s in GUIDE["sections"]] == GUIDE_ORDER


def test_care_cards_are_titled_by_what_to_do():
    assert [SECTIONS[anchor]["title"] for anchor in CARE] == [
        "Call 911 or go to the emergency room now if…",
        "Call your doctor today if…",
        "When to call a doctor",
    ]


def test_emergency_card_is_one_list_of_eight_signs():
    body = SECTIONS["emergency"]["body"].strip()

    tags = Tags(body)

    assert [tag for tag, _ in tags.opened] == ["ul", *["li"] * 8]
    assert body.startswith("<ul>")
    assert body.endswith("</ul>")


def test_only_two_sections_have_a_callout():
    titles = {a: s["callout_title"] for a, s in SECTIONS.items() if s.get("callout")}

    assert titles == {"heat": "If heat makes it worse", "exercises": "Not at the onset"}


@pytest.mark.parametrize("article", ARTICLES, ids=slug_of)
def test_sections_are_well_formed(article):
    sections = article.get("sections", [])

    anchors = [section["anchor"] for section in sections]
    figures = {name for section in sections for name in section.get("figure", "").split()}

    assert len(anchors) == len(set(anchors))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", anchor) for anchor in anchors)
    assert figures - FIGURES == set()
    assert {s["kind"] for s in sections} <= {kind for _, kind in GUIDE_ORDER}
    assert {s.get("tone", "") for s in sections} <= {"", "cold", "heat"}


@pytest.mark.parametrize("article", ARTICLES, ids=slug_of)
def test_sections_have_no_misspelled_field(article):
    fields = {field for section in article.get("sections", []) for field in section}

    assert fields - SECTION_FIELDS == set()


@pytest.mark.parametrize("article", ARTICLES, ids=slug_of)
def test_title_lede_and_description_fit_their_limits(article):
    assert len(article["title"]) <= 80
    assert len(re.split(r"(?<=[.?!])\s+", article["lede"])) == 1
    assert 60 <= len(article["description"]) <= 155
    assert "[" not in article["description"]


@pytest.mark.parametrize("article", ARTICLES, ids=slug_of)
def test_bodies_hold_allowed_tags_only(article):
    for section in article.get("sections", []):
        tags = Tags(section["body"])

        allowed = {(tag, ()) for tag in ("p", "ul", "ol", "li", "strong")} | {("a", ("href",))}
        assert set(tags.opened) - allowed == set()
        assert tags.stack == []


@pytest.mark.parametrize("article", ARTICLES, ids=slug_of)
def test_links_lead_to_pages_and_sections_that_exist(article):
    links = [link for s in article.get("sections", []) for link in Tags(s["body"]).links]

    targets = [link.partition("#") for link in links]

    assert {path for path, _, _ in targets} - ADDRESSES == set()
    assert {anchor for _, _, anchor in targets if anchor} - set(SECTIONS) == set()


@pytest.mark.parametrize("article", ARTICLES, ids=slug_of)
def test_sections_refer_to_every_source_and_to_no_other(article):
    sources = article.get("sources", [])

    used = {
        number for section in article.get("sections", []) for number in section.get("sources", [])
    }

    assert used == set(range(1, len(sources) + 1))
    assert [s["url"] for s in sources if not s["url"].startswith("https://")] == []
    assert {frozenset(source) for source in sources} <= {frozenset({"title", "publisher", "url"})}


SAFETY_SECTIONS = [
    *CARE,
    "cold",
    "heat",
    "rest",
    "medicine",
    "exercises",
    "knee-to-chest",
]


@pytest.mark.parametrize("anchor", SAFETY_SECTIONS)
def test_safety_advice_names_a_source(anchor):
    assert SECTIONS[anchor]["sources"] != []


def test_fixed_pages_are_all_there():
    assert [(page["kind"], page["slug"]) for page in [TREATMENTS, *PAGES]] == [
        ("page", "treatments"),
        ("page", "home"),
        ("page", "guides"),
        ("page", "ebooks"),
        ("page", "consultation"),
        ("page", "consultation-thanks"),
        ("page", "testimonials"),
        ("page", "privacy"),
    ]


def test_conditions_are_the_five_of_the_practice():
    assert [(c["kind"], c["slug"], c["condition"]) for c in TREATMENTS["conditions"]] == [
        ("condition", "spinal-stenosis", "Spinal stenosis"),
        ("condition", "herniated-disc", "Herniated disc"),
        ("condition", "spinal-spondylosis", "Spondylosis"),
        ("condition", "sciatica", "Sciatica"),
        ("condition", "scoliosis", "Scoliosis"),
    ]


@pytest.mark.parametrize("condition", TREATMENTS["conditions"], ids=slug_of)
def test_condition_points_to_the_emergency_list_and_the_consultation(condition):
    links = [link for section in condition["sections"] for link in Tags(section["body"]).links]

    assert links == ["/guides/back-spasm-treatment/#emergency", "/consultation/"]

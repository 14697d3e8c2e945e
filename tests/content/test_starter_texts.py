"""The texts the site starts with: every fact, no invention, plain enough for someone in pain."""

import re
import tomllib
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from articles.readability import grade, words
from tests.content.facts import BY_PLACE, FACTS, NOT_IN_TEXTS, PLACES, SECOND_PLACES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "leads" / "starter_content"
FIGURES = {path.stem for path in (ROOT / "static" / "figures").glob("*.svg")}
COVERS = {path.stem for path in (ROOT / "static" / "covers").glob("*.svg")}

CARE = ["emergency", "urgent", "call-a-doctor"]
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
BANNED = re.compile(
    r"\bprove[ns]?\b|\bcur(e|es|ed|ing)\b|guarante|miracle|worked wonders"
    r"|!|\bplease\b|click here|\boops\b|<em\b",
    re.IGNORECASE,
)
NUMBER_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|ninety)\b",
    re.IGNORECASE,
)
TESTIMONIALS = [
    (
        "Jacalyn H.",
        "… after few sessions my sciatic pain has practically disappeared. This type of therapy "
        "was much more useful to me than the heat packs and ultrasounds that I received in prior "
        "therapy.",
    ),
    (
        "Cartwright V.",
        "The techniques worked and my back is pain free! I would recommend this to everybody, "
        "because it works. Try and find out.",
    ),
    (
        "Rocio M.",
        "...I noticed immediate improvement of my pain. It was amazing and I was impressed!",
    ),
    (
        "Mollie J.",
        "... My recommendation to Restore Physical Therapy cannot be described in words, only in "
        "actions... To anyone with a problem I would say follow in my footsteps to do better than "
        "ever.",
    ),
    (
        "Deanna K.",
        "Before coming to Restore Physical Therapy I had six months of lower back pain…After my "
        "initial session with Oliver I walked out and feeling so much better! I’ve strongly "
        "recommend this practice to others.",
    ),
]


def read(name: str) -> dict:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


GUIDE = read("guide")
TREATMENTS = read("treatments")
PAGES = read("pages")["articles"]
EBOOKS = read("ebooks")["ebooks"]
PRACTICE = read("practice")
SECTIONS = {section["anchor"]: section for section in GUIDE["sections"]}
ARTICLES = [GUIDE, TREATMENTS, *TREATMENTS["conditions"], *PAGES]


def article_names(article: dict) -> str:
    return article["slug"]


def sections_of(articles: list[dict]) -> Iterator[dict]:
    for article in articles:
        yield from article.get("sections", [])


def strings(value) -> Iterator[str]:
    """Every string of nested TOML data, with what it says and what it is called alike."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for part in value.values() for text in strings(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in strings(part))


def blocks(section: dict) -> list[str]:
    """The running text: paragraphs, list items, do and do not, callout; no headings or doses."""
    body = re.sub(r"</?(?:p|ul|ol|li)>", "\n", section.get("body", ""))
    plain = unescape(re.sub(r"<[^>]+>", "", body))
    lines = [*plain.splitlines(), *section.get("dos", []), *section.get("donts", [])]
    return [line.strip() for line in [*lines, section.get("callout", "")] if line.strip()]


def words_of(section: dict) -> str:
    """All that a reader sees of a section, on one line."""
    doses = [value for key, value in section.items() if key.startswith("dose_")]
    return " ".join([section["title"], *blocks(section), section.get("callout_title", ""), *doses])


def text_of_place(place: str) -> str:
    if place in SECTIONS:
        return words_of(SECTIONS[place])
    if place == "guide head":
        return f"{GUIDE['title']} {GUIDE['lede']}"
    if place == "practice":
        return " ".join(strings(PRACTICE))
    page = next(page for page in PAGES if page["slug"] == place)
    return " ".join([page["title"], page["lede"], *map(words_of, page["sections"])])


def missing(patterns: list[str], text: str) -> list[str]:
    return [pattern for pattern in patterns if not re.search(pattern, text, re.IGNORECASE)]


def sentences(article: dict) -> list[str]:
    lines = [article["lede"]]
    for section in article.get("sections", []):
        lines += blocks(section)
    return [s for line in lines for s in re.split(r"(?<=[.?!])\s+", line)]


class Tags(HTMLParser):
    def __init__(self, body: str):
        super().__init__()
        self.opened: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.stack: list[str] = []
        self.feed(body)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.opened.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value for name, value in attrs if name == "href"]
        self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag


# Facts


@pytest.mark.parametrize("fact", FACTS)
def test_fact_stands_in_its_place(fact):
    text = text_of_place(PLACES[fact])

    assert missing(FACTS[fact], text) == []


def test_no_fact_was_dropped_from_the_list():
    in_texts = set(FACTS) - set(SECOND_PLACES)

    assert len(in_texts) == 153
    assert len(in_texts | set(NOT_IN_TEXTS)) == 155
    assert len(FACTS) == sum(len(facts) for facts in BY_PLACE.values()) == 155


def test_missing_names_the_pattern_that_is_not_there():
    assert missing([r"12 to 15", r"every 2 hours"], "Every 4 hours, 12 to 15 minutes") == [
        "every 2 hours"
    ]


def test_numbers_stand_only_in_their_sections():
    found = {anchor: set(re.findall(r"\d+", words_of(s))) for anchor, s in SECTIONS.items()}

    assert {anchor: numbers for anchor, numbers in found.items() if numbers} == {
        "emergency": {"911"},
        "self-care": {"7"},
        "cold": {"12", "15", "2", "20"},
        "heat": {"15", "4"},
        "rest": {"2", "3"},
        "legs": {"90"},
        "medicine": {"2"},
        "exercises": {"3"},
        "overhead-stretch": {"5", "10", "3", "4"},
        "knee-to-chest": {"10", "5", "2", "3"},
        "call-a-doctor": {"2"},
    }


def test_doses_are_the_ones_of_the_text():
    names = ["dose_how_long", "dose_repetitions", "dose_how_often", "dose_until"]

    doses = {a: [s[n] for n in names if n in s] for a, s in SECTIONS.items()}

    assert {anchor: dose for anchor, dose in doses.items() if dose} == {
        "cold": ["About 12 to 15 minutes", "Every 2 hours", "For the first day or two"],
        "heat": ["About 15 minutes", "Every 4 hours", "Until the spasm subsides"],
        "rest": ["Walk for a couple of minutes", "Several times a day, if pain allows"],
        "overhead-stretch": ["Hold for 5 to 10 counts", "10 repetitions", "3 to 4 times a day"],
        "knee-to-chest": [
            "Hold for 10 seconds",
            "5 to 10 repetitions for each leg",
            "2 to 3 times a day",
        ],
    }


@pytest.mark.parametrize("article", ARTICLES, ids=article_names)
def test_numbers_are_numerals_and_ranges_say_to(article):
    text = " ".join([article["title"], article["lede"], *map(words_of, sections_of([article]))])

    # "Day or two" is how the practice puts it; it is no count.
    assert NUMBER_WORDS.findall(text.replace("first day or two", "")) == []
    assert re.findall(r"\d\s*[-–]\s*\d", text) == []


# Shape


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


def test_only_two_callouts_stand_in_the_sections_they_limit():
    titles = {a: s["callout_title"] for a, s in SECTIONS.items() if s.get("callout")}

    assert titles == {"heat": "If heat makes it worse", "exercises": "Not at the onset"}


@pytest.mark.parametrize("article", ARTICLES, ids=article_names)
def test_sections_are_well_formed(article):
    sections = article.get("sections", [])

    anchors = [section["anchor"] for section in sections]
    figures = {name for section in sections for name in section.get("figure", "").split()}

    assert len(anchors) == len(set(anchors))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", anchor) for anchor in anchors)
    assert figures - FIGURES == set()
    assert {s["kind"] for s in sections} <= {kind for _, kind in GUIDE_ORDER}
    assert {s.get("tone", "") for s in sections} <= {"", "cold", "heat"}


@pytest.mark.parametrize("article", ARTICLES, ids=article_names)
def test_sections_have_no_misspelled_field(article):
    fields = {field for section in article.get("sections", []) for field in section}

    assert fields - SECTION_FIELDS == set()


@pytest.mark.parametrize("article", ARTICLES, ids=article_names)
def test_head_fits(article):
    assert len(article["title"]) <= 80
    assert len(re.split(r"(?<=[.?!])\s+", article["lede"])) == 1
    assert 60 <= len(article["description"]) <= 155
    assert "[" not in article["description"]


@pytest.mark.parametrize("article", ARTICLES, ids=article_names)
def test_bodies_hold_allowed_tags_only(article):
    for section in article.get("sections", []):
        tags = Tags(section["body"])

        allowed = {(tag, ()) for tag in ("p", "ul", "ol", "li", "strong")} | {("a", ("href",))}
        assert set(tags.opened) - allowed == set()
        assert tags.stack == []


@pytest.mark.parametrize("article", ARTICLES, ids=article_names)
def test_links_lead_to_pages_and_sections_that_exist(article):
    links = [link for s in article.get("sections", []) for link in Tags(s["body"]).links]

    targets = [link.partition("#") for link in links]

    assert {path for path, _, _ in targets} - ADDRESSES == set()
    assert {anchor for _, _, anchor in targets if anchor} - set(SECTIONS) == set()


@pytest.mark.parametrize("article", ARTICLES, ids=article_names)
def test_sources_are_numbered_rightly_and_all_used(article):
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


def test_conditions_are_the_five_of_the_source():
    assert [(c["kind"], c["slug"], c["condition"]) for c in TREATMENTS["conditions"]] == [
        ("condition", "spinal-stenosis", "Spinal stenosis"),
        ("condition", "herniated-disc", "Herniated disc"),
        ("condition", "spinal-spondylosis", "Spondylosis"),
        ("condition", "sciatica", "Sciatica"),
        ("condition", "scoliosis", "Scoliosis"),
    ]


@pytest.mark.parametrize("condition", TREATMENTS["conditions"], ids=article_names)
def test_condition_points_to_the_emergency_list_and_the_consultation(condition):
    links = [link for section in condition["sections"] for link in Tags(section["body"]).links]

    assert links == ["/guides/back-spasm-treatment/#emergency", "/consultation/"]


# Words


@pytest.mark.parametrize("name", ["guide", "treatments", "pages", "ebooks", "practice"])
def test_no_banned_word(name):
    assert [text for text in strings(read(name)) if BANNED.search(text)] == []


@pytest.mark.parametrize(
    "text", ["Proven relief", "It cures pain", "a guarantee", "Call now!", "Please call", "Cure"]
)
def test_banned_words_are_seen(text):
    assert BANNED.search(text)


@pytest.mark.parametrize("text", ["Improve", "procure", "secure", "pleased", "curve", "approve"])
def test_harmless_words_are_not_banned(text):
    assert not BANNED.search(text)


@pytest.mark.parametrize("name", ["guide", "treatments", "pages", "ebooks"])
def test_phone_and_name_of_the_practice_come_from_its_record(name):
    everything = " ".join(strings(read(name)))

    assert re.findall(r"248\D{0,3}844|Restore Physical", everything) == []


def test_unknown_facts_of_the_practice_stay_empty():
    unknown = ["email", "street", "city", "state", "postal_code"]

    assert [PRACTICE[name] for name in unknown] == [""] * 5
    assert not {"reviewer", "reviewer_credential", "reviewed_on", "next_review_on"} & set(GUIDE)


def test_practice_record_is_exact():
    assert {name: PRACTICE[name] for name in ("name", "phone", "region", "time_zone")} == {
        "name": "Restore Physical Therapy LLC",
        "phone": "+12488442665",
        "region": "south-east Michigan",
        "time_zone": "America/Detroit",
    }
    assert PRACTICE["news_consent_text"] == (
        "Send me a short note now and then about back care. I can stop at any time."
    )
    assert "differ from person to person" in PRACTICE["typicality_line"]


def test_testimonials_are_word_for_word():
    quoted = [(t["name"], t["quote"]) for t in read("testimonials")["testimonials"]]

    assert quoted == TESTIMONIALS


# Ebooks


def test_ebooks_are_the_four_of_the_brief():
    assert [book["title"] for book in EBOOKS] == [
        "Back Spasms: What They Are and Why They Happen",
        "The First Days: Cold, Heat and Rest",
        "Getting Comfortable: Positions, Relaxation and Pain Medicine",
        "Moving Again: Gentle Exercises and Next Steps",
    ]
    assert [book["starter"] for book in EBOOKS] == [True] * 4
    assert {book["cover"] for book in EBOOKS} == COVERS


@pytest.mark.parametrize("book", EBOOKS, ids=article_names)
def test_ebook_sections_exist_in_the_guide(book):
    addresses = [f"back-spasm-treatment#{anchor}" for anchor in SECTIONS]

    assert set(book["sections"]) <= set(addresses)
    assert len(book["sections"]) == len(set(book["sections"]))


@pytest.mark.parametrize("book", EBOOKS, ids=article_names)
def test_ebook_holds_the_care_sections_with_emergency_first(book):
    anchors = [address.partition("#")[2] for address in book["sections"]]

    assert anchors[0] == "emergency"
    assert [anchor for anchor in anchors if anchor in CARE] == CARE


def test_ebooks_hold_what_the_brief_says():
    chapters = [[address.partition("#")[2] for address in book["sections"]] for book in EBOOKS]

    assert [[anchor for anchor in book if anchor not in CARE] for book in chapters] == [
        ["what-it-is", "symptoms", "why-it-happens"],
        ["stop", "cold", "heat", "rest"],
        ["legs", "relax", "medicine"],
        ["exercises", "march", "overhead-stretch", "knee-to-chest", "if-nothing-works"],
    ]


# Plain language


@pytest.mark.parametrize("article", ARTICLES, ids=article_names)
def test_sentences_are_short(article):
    lengths = sorted(len(words(sentence)) for sentence in sentences(article))

    short = sum(length <= 20 for length in lengths)

    assert lengths[-1] <= 30
    assert short / len(lengths) >= 0.9


@pytest.mark.parametrize("article", ARTICLES, ids=article_names)
def test_reads_at_grade_8_or_lower(article):
    assert grade(sentences(article)) <= 8


def test_guide_as_a_whole_is_near_grade_6():
    assert grade(sentences(GUIDE)) <= 6.5

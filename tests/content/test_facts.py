"""The starter texts state every fact of facts.py, and no number that is not in it."""

import re

import pytest

from tests.content.facts import BY_PLACE, FACTS, NOT_IN_TEXTS, PLACES, SECOND_PLACES
from tests.content.starter_texts import (
    ARTICLES,
    GUIDE,
    PAGES,
    PRACTICE,
    SECTIONS,
    sections_of,
    slug_of,
    strings_in,
    words_of,
)

NUMBER_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|ninety)\b",
    re.IGNORECASE,
)


def text_of_place(place: str) -> str:
    if place in SECTIONS:
        return words_of(SECTIONS[place])
    if place == "guide head":
        return f"{GUIDE['title']} {GUIDE['lede']}"
    if place == "practice":
        return " ".join(strings_in(PRACTICE))
    page = next(page for page in PAGES if page["slug"] == place)
    return " ".join([page["title"], page["lede"], *map(words_of, page["sections"])])


def patterns_not_found(patterns: list[str], text: str) -> list[str]:
    return [pattern for pattern in patterns if not re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("fact", FACTS)
def test_fact_is_stated_in_its_place(fact):
    text = text_of_place(PLACES[fact])

    assert patterns_not_found(FACTS[fact], text) == []


def test_list_of_facts_is_complete():
    in_texts = set(FACTS) - set(SECOND_PLACES)

    assert len(in_texts) == 153
    assert len(in_texts | set(NOT_IN_TEXTS)) == 155
    assert len(FACTS) == sum(len(facts) for facts in BY_PLACE.values()) == 155


def test_search_names_the_pattern_that_is_not_found():
    assert patterns_not_found(
        [r"12 to 15", r"every 2 hours"], "Every 4 hours, 12 to 15 minutes"
    ) == ["every 2 hours"]


def test_each_section_has_only_its_own_numbers():
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


def test_doses_are_exact():
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


@pytest.mark.parametrize("article", ARTICLES, ids=slug_of)
def test_numbers_are_digits_and_ranges_are_written_with_to(article):
    text = " ".join([article["title"], article["lede"], *map(words_of, sections_of([article]))])

    # The practice says "the first day or two"; this is not a count.
    assert NUMBER_WORDS.findall(text.replace("first day or two", "")) == []
    assert re.findall(r"\d\s*[-–]\s*\d", text) == []

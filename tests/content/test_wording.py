"""The starter texts promise nothing, are plain enough for someone in pain, and quote exactly."""

import re

import pytest

from articles.readability import grade, words
from tests.content.starter_texts import (
    ARTICLES,
    GUIDE,
    PRACTICE,
    blocks,
    read,
    slug_of,
    strings_in,
)

BANNED = re.compile(
    r"\bprove[ns]?\b|\bcur(e|es|ed|ing)\b|guarante|miracle|worked wonders"
    r"|!|\bplease\b|click here|\boops\b|<em\b",
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


def sentences(article: dict) -> list[str]:
    lines = [article["lede"]]
    for section in article.get("sections", []):
        lines += blocks(section)
    return [s for line in lines for s in re.split(r"(?<=[.?!])\s+", line)]


@pytest.mark.parametrize("name", ["guide", "treatments", "pages", "ebooks", "practice"])
def test_starter_texts_have_no_banned_word(name):
    assert [text for text in strings_in(read(name)) if BANNED.search(text)] == []


@pytest.mark.parametrize(
    "text", ["Proven relief", "It cures pain", "a guarantee", "Call now!", "Please call", "Cure"]
)
def test_banned_words_are_found(text):
    assert BANNED.search(text)


@pytest.mark.parametrize("text", ["Improve", "procure", "secure", "pleased", "curve", "approve"])
def test_harmless_words_are_not_banned(text):
    assert not BANNED.search(text)


@pytest.mark.parametrize("name", ["guide", "treatments", "pages", "ebooks"])
def test_texts_do_not_repeat_phone_and_name_of_the_practice(name):
    everything = " ".join(strings_in(read(name)))

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


@pytest.mark.parametrize("article", ARTICLES, ids=slug_of)
def test_sentences_are_short(article):
    lengths = sorted(len(words(sentence)) for sentence in sentences(article))

    short = sum(length <= 20 for length in lengths)

    assert lengths[-1] <= 30
    assert short / len(lengths) >= 0.9


@pytest.mark.parametrize("article", ARTICLES, ids=slug_of)
def test_article_reads_at_grade_8_or_lower(article):
    assert grade(sentences(article)) <= 8


def test_guide_reads_at_about_grade_6():
    assert grade(sentences(GUIDE)) <= 6.5

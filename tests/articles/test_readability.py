import pytest

from articles.readability import advice, grade, sentences, syllables, unadvised_words

LISTED = "cure, proven, guarantee"


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("back", 1),
        ("pain", 1),
        ("muscle", 2),
        ("muscles", 2),
        ("severe", 2),
        ("minutes", 2),
        ("wrapped", 1),
        ("repeated", 3),
        ("exercises", 4),
        ("physician", 3),
        ("immediately", 5),
        ("numbness", 2),
        ("ice", 1),
        ("medicine", 3),
        ("ruptured", 2),
        ("spasm", 2),
        ("sciatica", 4),
        ("serious", 3),
        ("injections", 3),
        ("15", 1),
    ],
)
def test_syllables(word, count):
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 6 words of 6 syllables, and 10 words of 12.
        ("The cat sat on the mat.", 0.39 * 6 + 11.8 * 6 / 6 - 15.59),
        (
            "Swelling and increased blood flow can add to your pain.",
            0.39 * 10 + 11.8 * 12 / 10 - 15.59,
        ),
    ],
)
def test_grade_of_a_known_sentence(text, expected):
    assert grade([text]) == pytest.approx(expected)


def test_long_sentences_raise_the_grade():
    short = ["Stop now.", "Then rest your back."]

    assert grade([" ".join(short)]) > grade(short)


def test_sentences_end_with_paragraphs_and_items():
    text = "<p>Stop now. Then rest.</p><ol start='3'><li>Ice &amp; peas</li><li>Heat</li></ol>"

    assert sentences(text) == ["Stop now.", "Then rest.", "Ice & peas", "Heat"]


def test_unadvised_words_are_found_in_all_their_forms():
    text = "<p>It cured me, a Proven cure. Nobody can guarantee it. Secure.</p>"

    assert unadvised_words(text, LISTED) == ["cured", "Proven", "cure", "guarantee"]
    assert unadvised_words(text, "") == []


def test_advice_names_level_long_sentences_and_words():
    text = "<p>Rest. " + "go " * 21 + "now.</p><p>A proven way.</p>"

    assert advice(text, listed=LISTED) == [
        "Reading level: grade 0.",
        f"22 words in one sentence: “{'go ' * 21}now.”",
        "Words that need evidence behind them: proven.",
    ]


def test_advice_asks_for_shorter_words():
    text = "Immobilization precipitates physiological deconditioning complications."

    assert advice(text, listed="")[0].endswith("reads better in pain: use shorter words.")


def test_advice_is_silent_about_an_empty_text():
    assert advice("<p></p>", listed=LISTED) == []

import pytest

from clinic_site.plain_text import items, lines, one_line


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("One\r\nTwo\rThree", "One\nTwo\nThree"),
        ("One\vTwo\u2028Three\u2029Four\fFive", "One\nTwo\nThree\nFour\nFive"),
        ("  One \t\n\nTwo\xa0\n", "One\n\nTwo"),
        ("1\t0 to 5 times", "1 0 to 5 times"),
        ("mi\u200bnu\u00adtes\ufeff \u2060now\u200e", "minutes now"),
        ("to \u202e51\u202c", "to 51"),
        ("5\x9610 minutes, don\x92t\x81stop", "5–10 minutes, don’t stop"),
        ("5\x1e10 min\x1futes\x02rest", "5-10 minutes rest"),
        ("½ to 10² ≤ 5 – “so” é 背", "½ to 10² ≤ 5 – “so” é 背"),
    ],
)
def test_lines_are_stored_as_a_reader_sees_them(pasted, kept):
    assert lines(pasted) == kept


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("15\xa0minutes", "15\xa0minutes"),
        ("10\u202f000 and 5\u2007%", "10\xa0000 and 5\xa0%"),
        ("15\xa0\xa0minutes", "15 minutes"),
        ("lie\xa0down", "lie down"),
        ("15 \xa0minutes", "15 minutes"),
        ("for 15\xa0", "for 15"),
        ("15\u2003minutes", "15 minutes"),
        ("15\r\n minutes", "15 minutes"),
    ],
)
def test_one_line_keeps_a_space_between_a_number_and_its_unit(pasted, kept):
    assert one_line(pasted) == kept


def test_joiners_stay_in_emoji_and_persian():
    assert one_line("👩\u200d⚕️ می\u200cخواهم mi\u200dnutes") == "👩\u200d⚕️ می\u200cخواهم minutes"


def test_items_lose_their_bullets_and_empty_lines():
    assert items("•\tRest\r\n\r\n· Walk\n  - 5\n1. Go") == "Rest\nWalk\n- 5\n1. Go"


@pytest.mark.parametrize("tidy", [lines, one_line, items])
def test_tidy_text_does_not_change_again(tidy):
    once = tidy("• • 15\xa0 \u200bmin\r\n\xa0• 5\xa0\u2028times 10\xa0000")

    assert tidy(once) == once

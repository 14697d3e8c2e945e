"""Decides whether a typed name is only a name, in any script."""

import re
import unicodedata

from leads.suspicion import typed_links
from leads.suspicion.words import word_list

# Long enough for María de los Ángeles Fernández de Córdoba y Álvarez.
LONGEST_NAME, LONGEST_WORD, MOST_WORDS = 60, 40, 7
# No script puts more marks on one letter.
MOST_MARKS = 4

SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Signs inside or beside the words of names: O'Brien, Anne-Marie, Col·lell, T.J., Tibetan syllables.
JOINTS = frozenset("'’‘`´′״׳.-‐‑‒–־·・゠＝་")
# Persian and Indic names are spelt with them.
JOINERS = frozenset("\u200c\u200d")
# Unicode calls these letters, or a symbol, but they show nothing.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
NICKNAME = re.compile(r"[(\"“„«'‘](.+)[)\"”“»'’]")

EAST_ASIAN_ADVERTISING = re.compile(
    "免费|免費|点击|點擊|领取|領取|中奖|中獎|赌|賭|博彩|微信|無料|クリック|カジノ|무료|클릭|카지노"
)


def is_plain(name: str) -> bool:
    """Whether it is a name and nothing else, so that a mail may show it (promise 8).

    It says no when in doubt, because then the mail only greets without a name.
    """
    words = SPACES.split(name.strip())
    parts = [part for word in words for part in parts_of(word)]
    return (
        0 < len(name) <= LONGEST_NAME
        and len(words) <= MOST_WORDS
        and all(map(is_name_word, parts))
        and not typed_links.may_become_link(name)
        and not advertises(words)
    )


def parts_of(word: str) -> list[str]:
    """The names in a word such as Иван/Ivan, (Bill) or "Lee,".

    It is empty for small words of names (de, van, Malaysia's a/l), because they need no check.
    """
    if word in word_list("names", "small"):
        return []
    if nickname := NICKNAME.fullmatch(word):
        word = nickname[1]
    return word.removesuffix(",").split("/")


def is_name_word(word: str) -> bool:
    """Whether it has only letters of any script with their marks, and single joints between."""
    kinds = "".join(map(kind, word))
    pattern = rf"J?(?:LM{{0,{MOST_MARKS}}}(?:ZM?)?\.?J?)+"
    return len(word) <= LONGEST_WORD and re.fullmatch(pattern, kinds) is not None


def kind(character: str) -> str:
    """L for a letter, M for a mark, J for a joint, Z for a joiner, "." for a dot, else "?"."""
    if character == ".":
        return character
    if character in JOINTS:
        return "J"
    if character in JOINERS:
        return "Z"
    category = unicodedata.category(character)[0]
    return category if category in "LM" and character not in BLANK else "?"


def advertises(words: list[str]) -> bool:
    """Whether it reads like "Win a free phone now" or "Hot girls Near you"."""
    plain = {word.casefold().strip(".,!?") for word in words}
    return (
        bool(plain & word_list("names", "never"))
        or len(plain & word_list("names", "doubtful")) > 1
        or EAST_ASIAN_ADVERTISING.search("".join(words)) is not None
        or is_sentence(words)
    )


def is_sentence(words: list[str]) -> bool:
    """A sentence has words with and without a capital, or several words without one."""
    small_in_names = word_list("names", "small")
    content = [word for word in words if word not in small_in_names and not JOINTS & set(word)]
    small = [word for word in content if word[0].islower()]
    return bool(small) and len(content) > (3 if small == content else 2)

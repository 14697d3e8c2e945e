"""Decides whether a text sells something to the clinic or its readers, by phrases in pitches.toml.

A text must name a ware (something that is sold), in the words of a seller. The points, and the
texts on which they were tried, are in docs/decisions/0007-suspicion.md.
"""

import re
import tomllib
from pathlib import Path

from leads.suspicion import look_alikes, typed_links

# A text with this many points is held back: it names a ware and has about three signs of a seller.
ENOUGH = 4
# A name needs fewer, because it has few words, and a patient has no reason to advertise in it.
NAME_ENOUGH = 2.5
# The points for what patients say of their own body.
PATIENT = -3
# The most points for all phrases of one kind.
MOST_WARES, MOST_STRONG, MOST_WEAK = 3, 4, 3
WORDS_BESIDE_A_BARE_LINK = 8
SHORTEST_TEXT = 20

SHORTENED = re.compile(
    r"(?<![\w.])(bit\.ly|tinyurl\.com|t\.co|goo\.gl(?!/maps)|is\.gd|cutt\.ly|rb\.gy|ow\.ly|shorturl\.at|"
    r"tiny\.cc|rebrand\.ly|t\.ly|s\.id|clck\.ru|vk\.cc|u\.to|v\.gd|linktr\.ee|lnk\.bio)/",
)
# The first Thai character. Chinese, Japanese and Korean come after it: in all these scripts a word
# may have no space beside it, so \b would not find its end.
FIRST_UNSPACED = "\u0e00"


def pattern(phrase: str) -> str:
    """The regular expression of a phrase; the head of pitches.toml explains the signs in it."""
    ends = re.sub(r"(?<=[\w)])\*", r"\\w*", phrase)
    within = ends.replace(" .. ", r"(?:(?![.!?]\s)[^\n]){0,40}?").replace(" ", r"[\W_]+")
    ends_a_word = phrase[-1] == ")" or is_spaced_letter(phrase[-1])
    return within + (r"\b" if ends_a_word else "")


def compile_phrases(phrases: str) -> re.Pattern:
    found = [phrase.strip() for phrase in re.split(r", |\n", phrases) if phrase.strip()]
    # One \b for all words, because a \b for each phrase made the search ten times slower.
    words = [
        pattern(each)
        for each in found
        if each.startswith(("(", "[0-9")) or is_spaced_letter(each[0])
    ]
    signs = [pattern(each) for each in found if pattern(each) not in words]
    return re.compile("|".join([rf"\b(?:{'|'.join(words)})", *signs]))


def is_spaced_letter(character: str) -> bool:
    return character.isalnum() and character < FIRST_UNSPACED


def read_phrases() -> dict:
    listed = tomllib.loads(Path(__file__).with_name("pitches.toml").read_text())
    return {
        "wares": {ware: compile_phrases(words) for ware, words in listed["wares"].items()},
        "strong": compile_phrases(listed["selling"]["strong"]),
        "weak": compile_phrases(listed["selling"]["weak"]),
        "patient": compile_phrases(listed["patient"]["says"]),
        "clinic": compile_phrases(listed["patient"]["speaks_of"]),
    }


# Read when a worker starts, because it takes a tenth of a second, and no post should wait for it.
PHRASES = read_phrases()


def count_different(what: re.Pattern, text: str) -> int:
    return len({match[0] for match in what.finditer(text)})


def wares(text: str) -> dict[str, int]:
    """The wares that the text names, and by how many different words."""
    found = {ware: count_different(words, text) for ware, words in PHRASES["wares"].items()}
    return {ware: count for ware, count in found.items() if count}


def find_pitch(text: str, *, signature: str = "", enough: float = ENOUGH) -> str:
    """What the text sells, in a word or two; '' when it sells nothing.

    Wares in the signature do not count, because it may name a patient's trade. Its links count.
    """
    text = look_alikes.with_latin_letters(typed_links.readable(text)).lower()
    found, links = wares(text), typed_links.links(f"{text}\n{signature}")
    named = min(sum(min(count, 2) for count in found.values()), MOST_WARES)
    strong = min(count_different(PHRASES["strong"], text), MOST_STRONG)
    clear = strong + bool(links) + bool(found and SHORTENED.search(text)) + points_for_story(found)
    strange = is_strange_to_a_clinic(text)
    points = named + clear + min(count_different(PHRASES["weak"], text), MOST_WEAK) / 2
    points += strange + (strange and bool(links)) + (bool(found) and is_bare_link(text, links))
    points += PATIENT if PHRASES["patient"].search(text) else 0
    if points >= enough and (clear if found else strong > 1 or (strange and clear > 1)):
        return max(found, key=found.__getitem__, default="something")
    return ""


def is_bare_link(text: str, links: set[str]) -> bool:
    return bool(links) and len(text.split()) - len(links) <= WORDS_BESIDE_A_BARE_LINK


def is_strange_to_a_clinic(text: str) -> bool:
    """Whether it has none of the words that patients, families and other clinics use."""
    return len(text) > SHORTEST_TEXT and not PHRASES["clinic"].search(text)


def points_for_story(found: dict[str, int]) -> int:
    """Points for an inheritance or a false bill. They offer nothing, but tell a long story."""
    return (
        2 if any(found.get(ware, 0) > 2 for ware in ("a windfall", "a false bill or threat")) else 0
    )

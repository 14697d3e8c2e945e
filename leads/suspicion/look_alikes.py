"""Finds letters that look like Latin ones, by which spam hides words from filters."""

import re
import unicodedata

# Letters that look like a Latin one, by script. They are from Unicode's list of confusables, with
# the small Cyrillic and Greek letters that spammers use too. The Greek beta is left out, because
# people with a German name type it for ß.
LOOK_ALIKES = {
    alike: latin
    for alikes, latins in (
        (
            "АВСЕԌНІЈКМОРԚЅТѴԜХУҮаЬсԁеһіӏјкморԛгѕтԝѵхувнү",
            "ABCEGHIJKMOPQSTVWXYYabcdehiljkmopqrstwvxybhy",
        ),
        ("ΑΒϹΕΗΙͿΚΜΝΟΡΤΧΥΖαϲεηιϳκνορτυωχγ", "ABCEHIJKMNOPTXYZacenijkvoptuwxy"),
        ("ՕՍՏԼօոսհցզքյվ", "OUSLonuhgqfjy"),
        ("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᎩᏃꭺꮯꭼꭵꮃꮓꮪꮩ", "ABCDEGHiJKLMPRSTVWYZaceiwzsv"),
        ("ꓮꓐꓚꓓꓰꓝꓖꓧꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "ABCDEFGHJKLMNOPRSTUVWXYZ"),
        ("ⲤⲎⲔⲘⲚⲞⲢⲦⲬⲨⲥⲟⲣ", "CHKMNOPTXYcop"),
        ("𐐕𐐛𐐄𐐠𐐽𐐬", "CLOSco"),
        ("ყჿ", "yo"),
    )
    for alike, latin in zip(alikes, latins, strict=True)
}

LETTERS = re.compile(r"[^\W\d_]+")
TITLES = re.compile(r"PhD|Mc|Mac|Mrs?|Ms|Dr|St|[JS]r|Ng")
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
VOWELS = frozenset("aeiouyAEIOUY")


def words(text: str) -> list[str]:
    """Runs of letters, each letter without its accents."""
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(each for each in apart if unicodedata.category(each)[0] != "M")
    return LETTERS.findall(bare)


def as_latin(letter: str) -> str:
    """The Latin letter that this one looks like; '' when it looks like none, or is Latin."""
    if letter in LOOK_ALIKES:
        return LOOK_ALIKES[letter]
    # Mathematical and full-width letters are look-alikes too. The letter ª is left out (it has no
    # capital), because people write it in names, such as Mª José.
    plain = unicodedata.normalize("NFKC", letter)
    is_cased = unicodedata.category(letter) in {"Lu", "Ll"}
    is_other = plain != letter and not unicodedata.name(letter, "").startswith("LATIN")
    return plain if is_cased and is_other and len(plain) == 1 and plain.isascii() else ""


def is_mixed(word: str) -> bool:
    """Whether most letters are Latin, and some only look so.

    A Cyrillic word with one Latin letter is a typing error, and a word of full-width letters only
    was typed on a Japanese keyboard. Both are honest.
    """
    alike = [letter for letter in word if as_latin(letter)]
    latin = [
        letter
        for letter in word
        if not as_latin(letter) and unicodedata.name(letter, "").startswith("LATIN")
    ]
    return bool(alike) and len(latin) > len(word) - len(latin)


def mixed_words(text: str) -> set[str]:
    return set() if text.isascii() else set(filter(is_mixed, words(text)))


def with_latin_letters(text: str) -> str:
    """The text with Latin letters in its mixed words; other words stay as they are."""
    for word in mixed_words(text):
        text = text.replace(word, "".join(as_latin(letter) or letter for letter in word))
    return text


def is_random(word: str) -> bool:
    """Whether it looks like KJhsdfUYg: it has capitals inside, and parts without a vowel."""
    if not (word.isascii() and word.isalpha() and re.search("[a-z][A-Z]", word)):
        return False
    odd = parts_without_vowel(word)
    is_caps_lock = not parts_without_vowel(word.swapcase())
    return not is_caps_lock and (len(odd) > 1 or any(len(part) > 4 for part in odd))


def parts_without_vowel(word: str) -> list[str]:
    """The parts of the word, each from a capital on, that have no vowel.

    Initials at the start (JRLee), degrees at the end (LeeMD) and titles (McGrath) do not count.
    """
    parts = PART.findall(TITLES.sub("", word))
    return [
        part
        for place, part in enumerate(parts)
        if not VOWELS.intersection(part)
        and (
            part.islower()
            or (len(part) > 1 and not (part.isupper() and place in {0, len(parts) - 1}))
        )
    ]

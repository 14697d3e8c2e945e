"""Words that show one thing to a person and another to a filter."""

import re
import unicodedata

# Letters that look like a Latin one, by script: from Unicode's list of confusables, and the small
# Cyrillic and Greek letters that spammers use beside those. Not the Greek beta, which people with a
# German name type for ß.
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
HUMP = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
VOWELS = frozenset("aeiouyAEIOUY")


def words(text: str) -> list[str]:
    """Runs of letters, each letter without its accents."""
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(each for each in apart if unicodedata.category(each)[0] != "M")
    return LETTERS.findall(bare)


def as_latin(letter: str) -> str:
    """The plain Latin letter that another one passes for; '' for any other letter."""
    if letter in LOOK_ALIKES:
        return LOOK_ALIKES[letter]
    # Mathematical, full-width and other compatibility letters; ª is one too, of Mª José.
    plain = unicodedata.normalize("NFKC", letter)
    is_cased = unicodedata.category(letter) in {"Lu", "Ll"}
    is_other = plain != letter and not unicodedata.name(letter, "").startswith("LATIN")
    return plain if is_cased and is_other and len(plain) == 1 and plain.isascii() else ""


def is_mixed(word: str) -> bool:
    """Whether it is mostly Latin with smuggled look-alikes.

    A Cyrillic word with a Latin letter is a slip of the keyboard, and a word that is full-width
    throughout comes from a Japanese one.
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


def unmasked(text: str) -> str:
    """With plain letters in the words that are mixed; other alphabets stay as they are."""
    for word in mixed_words(text):
        text = text.replace(word, "".join(as_latin(letter) or letter for letter in word))
    return text


def is_random(word: str) -> bool:
    """KJhsdfUYg: capitals within the word, and around them letters that cannot be spoken."""
    if not (word.isascii() and word.isalpha() and re.search("[a-z][A-Z]", word)):
        return False
    odd = unsayable(word)
    is_caps_lock = not unsayable(word.swapcase())
    return not is_caps_lock and (len(odd) > 1 or any(len(hump) > 4 for hump in odd))


def unsayable(word: str) -> list[str]:
    """Of MaryAnnMcGrath, JRLee and LeeMD there is none: initials come first, degrees last."""
    humps = HUMP.findall(TITLES.sub("", word))
    return [
        hump
        for place, hump in enumerate(humps)
        if not VOWELS.intersection(hump)
        and (
            hump.islower()
            or (len(hump) > 1 and not (hump.isupper() and place in {0, len(humps) - 1}))
        )
    ]

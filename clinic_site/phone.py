"""Reads phone numbers as people type them, stores them as E.164, and shows them in American style.

docs/decisions/0004-phonenumbers.md says which readings are accepted, and for which ones the form
asks which number is meant.
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

REGION = "US"
AMERICAN = 1  # the country code of the whole North American Numbering Plan

# People dial 011 in the USA, and 00 in most other countries, in place of the plus.
DIALED_PLUS = re.compile(r"^([^\d+]*)(?:\+[^\d+]*)?(?:011|00)[^\d+]*(?=[1-9])")
# In 1+248… and +1+248… the number starts at the last plus.
SECOND_PLUS = re.compile(r"^([^\d+]*)\+?[^\d+]*1[^\d+]*(?=\+)")
# The area code may follow the local number, as in 844-2665 (248).
AREA_CODE_LAST = re.compile(
    r"""^[^\d+]*(?:\+?1[^\d+]*)?
    (?P<local>[2-9]\d\d[ ./–-]*\d{4})
    (?P<between>[ .,:/–-]*(?:\(|\[|(?:\b(?:area|code|in)\b[ :]*)+)?)
    (?P<area>[2-9]\d\d)(?!\d)
    (?P<after>(?![ ./–-]*\d).*)$""",
    re.IGNORECASE | re.VERBOSE,
)

# Times to call, such as 5-7pm, 8:30-4 and 9 to 5. They are removed, because the library would read
# their digits as part of the number.
TIMES = re.compile(
    r"""(?<!\S)\d\d?(?::\d\d)?[ ]?(?:[ap]\.?m\.?)?
    [ ]?(?:[–/-]|to|until)[ ]?
    \d\d?(?::\d\d)?[ ]?(?:[ap]\.?m\.?)?(?![\d–/-])""",
    re.IGNORECASE | re.VERBOSE,
)


class NotAPhoneNumberError(ValueError):
    pass


class UnclearPhoneNumberError(NotAPhoneNumberError):
    """What was typed can mean two different numbers."""

    def __init__(self, reading: "Reading"):
        super().__init__()
        self.reading = reading


@dataclass(frozen=True)
class Reading:
    """The numbers that a typed text can mean, the most likely one first.

    There are none if the text contains no number. A reading is sure if there is only one, and it
    is in a range that some country assigns.
    """

    numbers: list[PhoneNumber]

    @property
    def is_sure(self) -> bool:
        return len(self.numbers) == 1 and phonenumbers.is_valid_number(self.numbers[0])

    @property
    def e164s(self) -> list[str]:
        return [e164(number) for number in self.numbers]

    @property
    def shown(self) -> list[str]:
        return [
            national(with_extension(e164(number), number.extension or ""))
            for number in self.numbers
        ]

    @property
    def described(self) -> list[str]:
        """The numbers as the form names them when it asks which one is meant."""
        return [f"the foreign number {each}" if each[0] == "+" else each for each in self.shown]


def e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def to_e164(typed: str) -> str:
    """`(248) 844-2665`, `248.844.2665 x12` and `+1 248…` become `+12488442665`.

    Words around the number are ignored, and only the first of two numbers is used. The number must
    be "possible", not "valid", because the library's lists of valid ranges are older than the
    ranges that are assigned.
    """
    reading = read(typed)
    if not reading.numbers:
        raise NotAPhoneNumberError
    if len(reading.numbers) > 1:
        raise UnclearPhoneNumberError(reading)
    return reading.e164s[0]


def read(typed: str) -> Reading:
    text = tidy(typed)
    readings = american_and_foreign(text) or american_and_foreign(TIMES.sub(" ", text))
    if (match := AREA_CODE_LAST.match(text)) and (
        reordered := first_possible("{area} {local} {after}".format(**match.groupdict()))
    ):
        # Brackets or words mark an area code. Without them, each valid reading may be meant.
        is_marked = bool(re.search(r"[(\[A-Za-z]", match["between"]))
        readings = [reordered] if is_marked else only_valid([reordered, *readings]) or readings
    return Reading(readings)


def tidy(typed: str) -> str:
    """`typed` with ASCII digits and single spaces, and with a plus in place of 011 or 00."""
    text = unicodedata.normalize("NFKC", typed)
    text = "".join(each for each in text if unicodedata.category(each) != "Cf")
    text = "".join(str(int(each)) if each.isdecimal() else each for each in text)
    text = re.sub(r"[\s_]+", " ", text).strip()
    return SECOND_PLUS.sub(r"\1", DIALED_PLUS.sub(r"\1+", text))


def find_numbers(text: str) -> Iterator[PhoneNumber]:
    """Yields all of `text` read as one number, then each number inside it."""
    with contextlib.suppress(phonenumbers.NumberParseException):
        yield phonenumbers.parse(text, REGION)
    for match in phonenumbers.PhoneNumberMatcher(
        text, REGION, leniency=phonenumbers.Leniency.POSSIBLE
    ):
        yield match.number


def first_possible(text: str) -> PhoneNumber | None:
    # is_possible_number() would also accept a number without its area code.
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    reason = phonenumbers.is_possible_number_with_reason
    return next((each for each in find_numbers(text) if reason(each) == possible), None)


def american_and_foreign(text: str) -> list[PhoneNumber]:
    """The American and the foreign number that `text` can mean, or only one of them.

    Both are possible, because people write a plus before their area code, and half of the area
    codes begin with the digits of a country code.
    """
    foreign = first_possible(text)
    american = first_possible(text.replace("+", " ")) if "+" in text else None
    is_same = american is not None and digits_after_plus(text).startswith(
        str(american.national_number)
    )
    if american is None or not is_same or (foreign and foreign.country_code == AMERICAN):
        return [foreign, *foreign_without_plus(foreign, text)] if foreign else []
    is_apart = sets_country_apart(text)
    if foreign is None:  # no country has the code, as with +210
        return [] if is_apart else [american]
    valid = only_valid([american, foreign])
    if foreign in valid and (is_apart or american not in valid):
        return [foreign]
    if valid == [american] and not is_apart:
        return [american]
    return [american, foreign]


def digits_after_plus(text: str) -> str:
    """The digits after the first plus; a word such as FLOWERS counts as its digits."""
    dialed = phonenumbers.convert_alpha_characters_in_number(text.partition("+")[2])
    return re.sub(r"\D", "", dialed)


def foreign_without_plus(american: PhoneNumber, text: str) -> list[PhoneNumber]:
    """The foreign number if ten typed digits are not an American number, such as 45 32 12 34 56."""
    if only_valid([american]) or "+" in text:
        return []
    foreign = first_possible(f"+{text}")
    is_same = re.sub(r"\D", "", text).startswith(str(american.national_number))
    return only_valid([foreign]) if foreign and is_same else []


def sets_country_apart(text: str) -> bool:
    """Whether the country code is its own group, as in +44 20…, unlike in +248 555 0123."""
    first, second, *_ = [*re.findall(r"\d+", text.partition("+")[2]), "", ""]
    is_american = len(first) == len("248") and len(second) in {len("555"), len("5550123")}
    is_country = first != "" and int(first) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return is_country and second != "" and not is_american


def only_valid(found: list[PhoneNumber]) -> list[PhoneNumber]:
    return [number for number in found if phonenumbers.is_valid_number(number)]


def extension(typed: str, number: str) -> str:
    """The extension that was typed with the E.164 `number`: `22` for `248-844-2665 x22`, or ''."""
    found = [*read(typed).numbers, *find_numbers(tidy(typed))]
    return next((each.extension or "" for each in found if e164(each) == number), "")


def is_stored(value: str) -> bool:
    return bool(re.fullmatch(r"\+[1-9]\d{4,14}(;ext=\d+)?", value, re.ASCII))


def with_extension(e164: str, extension: str) -> str:
    """The number in the form of RFC 3966: `+12488442665;ext=22`."""
    return f"{e164};ext={extension}" if extension else e164


def uri(stored: str) -> str:
    """The address for a link that dials the number, then waits, then dials the extension.

    A comma is the pause. RFC 3966's `;ext=` does not work, because Android's dialer reads its
    letters as digits and dials 39822.
    """
    return f"tel:{stored.replace(';ext=', ',')}"


def national(stored: str) -> str:
    """`+12488442665;ext=22` as `(248) 844-2665 ext. 22`; a foreign number with its country code."""
    try:
        number = phonenumbers.parse(stored, REGION)
    except phonenumbers.NumberParseException:
        return stored
    style = PhoneNumberFormat
    return phonenumbers.format_number(
        number, style.NATIONAL if number.country_code == AMERICAN else style.INTERNATIONAL
    )

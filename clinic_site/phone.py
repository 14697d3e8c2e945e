"""Telephone numbers: read as they are typed, stored as E.164, shown the American way.

docs/decisions/0004-phonenumbers.md says which readings are taken and which are asked about.
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

# 011 is dialled before a foreign number here, 00 in most other countries: both mean a plus.
DIALLED_PLUS = re.compile(r"^([^\d+]*)(?:\+[^\d+]*)?(?:011|00)[^\d+]*(?=[1-9])")
# 1+248… and +1+248…: what follows the second plus is the number.
SECOND_PLUS = re.compile(r"^([^\d+]*)\+?[^\d+]*1[^\d+]*(?=\+)")
AREA_CODE_LAST = re.compile(
    r"""^[^\d+]*(?:\+?1[^\d+]*)?
    (?P<local>[2-9]\d\d[ ./–-]*\d{4})
    (?P<between>[ .,:/–-]*(?:\(|\[|(?:\b(?:area|code|in)\b[ :]*)+)?)
    (?P<area>[2-9]\d\d)(?!\d)
    (?P<after>(?![ ./–-]*\d).*)$""",
    re.IGNORECASE | re.VERBOSE,
)

# When to call: 5-7pm, 8:30-4, 9 to 5. Of digits alone, and so taken for more of the number.
TIMES = re.compile(
    r"""(?<!\S)\d\d?(?::\d\d)?[ ]?(?:[ap]\.?m\.?)?
    [ ]?(?:[–/-]|to|until)[ ]?
    \d\d?(?::\d\d)?[ ]?(?:[ap]\.?m\.?)?(?![\d–/-])""",
    re.IGNORECASE | re.VERBOSE,
)


class NotAPhoneNumberError(ValueError):
    pass


class UnclearPhoneNumberError(NotAPhoneNumberError):
    """What was typed can be two numbers."""

    def __init__(self, reading: "Reading"):
        super().__init__()
        self.reading = reading


@dataclass(frozen=True)
class Reading:
    """What was typed can be these numbers, the likeliest first; none when it holds no number.

    It is sure when there is one, and some country hands such numbers out.
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
        """As in a question about them."""
        return [f"the foreign number {each}" if each[0] == "+" else each for each in self.shown]


def e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def to_e164(typed: str) -> str:
    """`(248) 844-2665`, `248.844.2665 x12`, `+1 248…` become `+12488442665`.

    Words around it are passed over, and of two numbers the first counts.
    "Possible" is asked for, not "valid": lists of valid ranges lag behind the ones handed out.
    """
    reading = read(typed)
    if not reading.numbers:
        raise NotAPhoneNumberError
    if len(reading.numbers) > 1:
        raise UnclearPhoneNumberError(reading)
    return reading.e164s[0]


def read(typed: str) -> Reading:
    text = tidy(typed)
    readings = both_ways(text) or both_ways(TIMES.sub(" ", text))
    if (match := AREA_CODE_LAST.match(text)) and (
        turned := first_possible("{area} {local} {after}".format(**match.groupdict()))
    ):
        # Brackets or a word say that it is an area code; else any reading may be meant.
        is_said = bool(re.search(r"[(\[A-Za-z]", match["between"]))
        readings = [turned] if is_said else valid_ones([turned, *readings]) or readings
    return Reading(readings)


def tidy(typed: str) -> str:
    """`typed` in ASCII digits and single spaces, with a plus for what is dialled instead of it."""
    text = unicodedata.normalize("NFKC", typed)
    text = "".join(each for each in text if unicodedata.category(each) != "Cf")
    text = "".join(str(int(each)) if each.isdecimal() else each for each in text)
    text = re.sub(r"[\s_]+", " ", text).strip()
    return SECOND_PLUS.sub(r"\1", DIALLED_PLUS.sub(r"\1+", text))


def numbers(text: str) -> Iterator[PhoneNumber]:
    """All of `text` as one number, then the numbers found among words and other numbers."""
    with contextlib.suppress(phonenumbers.NumberParseException):
        yield phonenumbers.parse(text, REGION)
    for match in phonenumbers.PhoneNumberMatcher(
        text, REGION, leniency=phonenumbers.Leniency.POSSIBLE
    ):
        yield match.number


def first_possible(text: str) -> PhoneNumber | None:
    # is_possible_number() would also take one without its area code.
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    reason = phonenumbers.is_possible_number_with_reason
    return next((each for each in numbers(text) if reason(each) == possible), None)


def both_ways(text: str) -> list[PhoneNumber]:
    """The number as one of here and as one of abroad, without the one that is out.

    People write a plus before their area code, and half of the area codes begin like a country's.
    """
    abroad = first_possible(text)
    here = first_possible(text.replace("+", " ")) if "+" in text else None
    is_same = here is not None and after_plus(text).startswith(str(here.national_number))
    if here is None or not is_same or (abroad and abroad.country_code == AMERICAN):
        return [abroad, *with_plus(abroad, text)] if abroad else []
    is_apart = sets_country_apart(text)
    if abroad is None:  # no country has the code +210
        return [] if is_apart else [here]
    valid = valid_ones([here, abroad])
    if abroad in valid and (is_apart or here not in valid):
        return [abroad]
    if valid == [here] and not is_apart:
        return [here]
    return [here, abroad]


def after_plus(text: str) -> str:
    """The digits behind the first plus, with those of a word such as FLOWERS."""
    dialed = phonenumbers.convert_alpha_characters_in_number(text.partition("+")[2])
    return re.sub(r"\D", "", dialed)


def with_plus(here: PhoneNumber, text: str) -> list[PhoneNumber]:
    """A foreign number without its plus, where ten digits are no number of here: 45 32 12 34 56."""
    if valid_ones([here]) or "+" in text:
        return []
    abroad = first_possible(f"+{text}")
    is_same = re.sub(r"\D", "", text).startswith(str(here.national_number))
    return valid_ones([abroad]) if abroad and is_same else []


def sets_country_apart(text: str) -> bool:
    """Whether it is grouped as +44 20…, and not as ten digits are here: +248 555 0123."""
    first, second, *_ = [*re.findall(r"\d+", text.partition("+")[2]), "", ""]
    is_american = len(first) == len("248") and len(second) in {len("555"), len("5550123")}
    is_country = first != "" and int(first) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return is_country and second != "" and not is_american


def valid_ones(found: list[PhoneNumber]) -> list[PhoneNumber]:
    return [number for number in found if phonenumbers.is_valid_number(number)]


def extension(typed: str, number: str) -> str:
    """`22` of `248-844-2665 x22`, where that is the E.164 `number`; '' when none was typed."""
    found = [*read(typed).numbers, *numbers(tidy(typed))]
    return next((each.extension or "" for each in found if e164(each) == number), "")


def is_stored(value: str) -> bool:
    return bool(re.fullmatch(r"\+[1-9]\d{4,14}(;ext=\d+)?", value, re.ASCII))


def with_extension(e164: str, extension: str) -> str:
    """As RFC 3966 writes it: `+12488442665;ext=22`."""
    return f"{e164};ext={extension}" if extension else e164


def uri(stored: str) -> str:
    """What a link dials, with a pause before the extension.

    A comma, because Android's dialer takes the letters of RFC 3966's `;ext=` for digits: 39822.
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

"""Telephone numbers: stored as E.164, shown the American way."""

import contextlib
import re
from collections.abc import Iterator

import phonenumbers

REGION = "US"


class NotAPhoneNumberError(ValueError):
    pass


def to_e164(typed: str) -> str:
    """`(248) 844-2665`, `248.844.2665 x12`, `+1 248…` become `+12488442665`.

    Words around it are passed over, and of two numbers the first counts.
    "Possible" is asked for, not "valid": lists of valid ranges lag behind the ones handed out.
    """
    for number in numbers(typed):
        # is_possible_number() would also take one without its area code.
        reason = phonenumbers.is_possible_number_with_reason(number)
        if reason == phonenumbers.ValidationResult.IS_POSSIBLE:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise NotAPhoneNumberError


def numbers(typed: str) -> Iterator[phonenumbers.PhoneNumber]:
    """All of `typed` as one number, then the numbers found among words and other numbers."""
    with contextlib.suppress(phonenumbers.NumberParseException):
        yield phonenumbers.parse(typed, REGION)
    text = re.sub(r"[\s_]+", " ", typed).strip()
    text = re.sub(r"^1 ?\+ ?(?!1)", "+1 ", text)  # or 1+248… would be a number on the Seychelles
    for match in phonenumbers.PhoneNumberMatcher(
        text, REGION, leniency=phonenumbers.Leniency.POSSIBLE
    ):
        yield match.number


def extension(typed: str, e164: str) -> str:
    """`22` of `248-844-2665 x22`, where that is the number; '' when none was typed."""
    style = phonenumbers.PhoneNumberFormat.E164
    of_it = (each for each in numbers(typed) if phonenumbers.format_number(each, style) == e164)
    found = next(of_it, None)
    return found.extension or "" if found else ""


def national(e164: str) -> str:
    """`+12488442665` as `(248) 844-2665`; a foreign number with its country code."""
    try:
        number = phonenumbers.parse(e164, REGION)
    except phonenumbers.NumberParseException:
        return e164
    is_domestic = number.country_code == phonenumbers.country_code_for_region(REGION)
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        number, style.NATIONAL if is_domestic else style.INTERNATIONAL
    )

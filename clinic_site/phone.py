"""Telephone numbers: stored as E.164, shown the American way."""

import phonenumbers

REGION = "US"


class NotAPhoneNumberError(ValueError):
    pass


def to_e164(typed: str) -> str:
    """`(248) 844-2665`, `248.844.2665 x12`, `+1 248…` become `+12488442665`.

    "Possible" is asked for, not "valid": lists of valid ranges lag behind the ones handed out.
    """
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumberError from None
    if (
        phonenumbers.is_possible_number_with_reason(number)
        != phonenumbers.ValidationResult.IS_POSSIBLE
    ):
        raise NotAPhoneNumberError
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


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

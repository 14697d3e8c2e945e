"""The kinds of form fields that visitors type into, and what each refuses."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from leads import addresses
from leads.suspicion.names import BLANK


def refuse_unreadable(value: str) -> None:
    # Django reads bytes that are not UTF-8 as U+FFFD.
    if "\0" in value or "\ufffd" in value:
        raise ValidationError("Type this again: some characters did not arrive.")


def refuse_line_breaks(value: str) -> None:
    """Prevents header injection, and invisible characters in fields of one line."""
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in value):
        raise ValidationError("Use one line without special characters.")


def is_visible(character: str) -> bool:
    """Whether it shows something: not spaces, zero-width joiners, or accents without a letter."""
    category = unicodedata.category(character)
    return category != "Cf" and category[0] not in "ZM" and character not in BLANK


class TrapField(forms.CharField):
    """A honeypot: the template pack `clinic` hides it from people; a bot fills it in."""

    is_trap = True


class OneLineField(forms.CharField):
    default_validators = [refuse_unreadable, refuse_line_breaks]

    def to_python(self, value):
        value = super().to_python(value)
        # Keep zero-width joiners in a visible name: Persian and Indic names are spelt with them.
        return value if any(map(is_visible, value)) else ""


class PhoneField(OneLineField):
    def to_python(self, value):
        # A number that was copied from a spreadsheet can have tabs.
        return super().to_python(value).replace("\t", " ")


class NoteField(forms.CharField):
    default_validators = [refuse_unreadable]
    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value):
        # Browsers send each line end as two characters, but the limit counts it as one.
        return (super().to_python(value) or "").replace("\r\n", "\n")


ADDRESS_LENGTH = 254
# Refuses localhost too, because mail to it would stay on our own server.
check_address = EmailValidator(allowlist=[])


def refuse_undeliverable(value: str) -> None:
    """Refuses what is not an address on the internet, and second spellings of an address.

    With two spellings a person would count as two. Quotes make a second spelling of the address
    without them. Brackets name a computer by its IP address.
    """
    if not value.rpartition("@")[0].isascii():
        # Django also accepts letters that lower() turns into plain ones, such as the Kelvin sign
        # into k. The result can be another person's address.
        raise ValidationError("Use only plain letters a to z, digits and signs before the @.")
    try:
        sent_to = addresses.in_ascii(value)
    except UnicodeError:
        raise ValidationError(check_address.message, code="invalid") from None
    if len(sent_to) > ADDRESS_LENGTH >= len(value):
        raise ValidationError("Use a shorter address.", code="max_length")
    if any(mark in value for mark in '"[]'):
        raise ValidationError(check_address.message, code="invalid")
    check_address(value)
    check_address(sent_to)


class AddressField(forms.EmailField):
    """Keeps the address as typed, but without invisible characters and with an ASCII domain."""

    default_validators = [refuse_unreadable, refuse_line_breaks, refuse_undeliverable]
    default_error_messages = {
        "required": "Enter your email address",
        "invalid": "Enter an email address like name@example.com",
        "max_length": "Email address must be 254 characters or fewer",
    }
    widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})

    def __init__(self, *, label: str = "Email address", **kwargs):
        super().__init__(label=label, max_length=ADDRESS_LENGTH, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        # Invisible characters come along when an address is copied from a page or a chat.
        return "".join(each for each in value if unicodedata.category(each) != "Cf").strip()

    def clean(self, value):
        return addresses.in_ascii(super().clean(value))

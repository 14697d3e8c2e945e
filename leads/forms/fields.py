"""The kinds of fields that visitors type into, and what each refuses."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from leads import addresses
from leads.suspicion.names import BLANK


def refuse_unreadable(value: str) -> None:
    # U+FFFD is what bytes that are no UTF-8 become on the way in.
    if "\0" in value or "\ufffd" in value:
        raise ValidationError("Type this again: some characters did not arrive.")


def refuse_line_breaks(value: str) -> None:
    """Keeps header injection and invisible characters out of everything that is one line."""
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in value):
        raise ValidationError("Use one line without special characters.")


def is_seen(character: str) -> bool:
    """Whether it shows by itself: no space, no joiner, no accent without its letter."""
    category = unicodedata.category(character)
    return category != "Cf" and category[0] not in "ZM" and character not in BLANK


class TrapField(forms.CharField):
    """A honeypot: the template pack `clinic` hides it from people; a bot fills it in."""

    is_trap = True


class OneLineField(forms.CharField):
    default_validators = [refuse_unreadable, refuse_line_breaks]

    def to_python(self, value):
        value = super().to_python(value)
        # Joiners stay in a name that shows: Persian and Indic ones are spelt with them.
        return value if any(map(is_seen, value)) else ""


class PhoneField(OneLineField):
    def to_python(self, value):
        # From a cell of a spreadsheet.
        return super().to_python(value).replace("\t", " ")


class NoteField(forms.CharField):
    default_validators = [refuse_unreadable]
    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value):
        # Browsers send CRLF, which must not count twice towards the limit people see.
        return (super().to_python(value) or "").replace("\r\n", "\n")


ADDRESS_LENGTH = 254
is_address = EmailValidator(allowlist=[])  # localhost is ourselves


def refuse_undeliverable(value: str) -> None:
    """One mailbox out on the net, and one spelling of it but for capitals.

    An address in quotes is another spelling of the one without; in brackets is a bare computer.
    """
    if not value.rpartition("@")[0].isascii():
        # Django lets letters through that look and lower-case like those of someone else's address.
        raise ValidationError("Use only plain letters a to z, digits and signs before the @.")
    try:
        sent_to = addresses.in_ascii(value)
    except UnicodeError:
        raise ValidationError(is_address.message, code="invalid") from None
    if len(sent_to) > ADDRESS_LENGTH >= len(value):
        raise ValidationError("Use a shorter address.", code="max_length")
    if any(mark in value for mark in '"[]'):
        raise ValidationError(is_address.message, code="invalid")
    is_address(value)
    is_address(sent_to)


class AddressField(forms.EmailField):
    """The address as typed, but for what is invisible; a domain beyond ASCII as mail goes there."""

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
        # Comes along when an address is copied from a page or a chat.
        return "".join(each for each in value if unicodedata.category(each) != "Cf").strip()

    def clean(self, value):
        return addresses.in_ascii(super().clean(value))

"""Text without the characters that nobody sees, so that two equal texts are stored alike.

Word processors, PDF viewers and mail programs put such characters on the clipboard, and browsers
send the lines of a textarea with another line end than they got.
"""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models

# What each of these bytes means in Windows' encoding, which was then read in the wrong one.
_FROM_WINDOWS = {
    byte: bytes([byte]).decode("cp1252", "replace").replace("\ufffd", " ")
    for byte in range(0x80, 0xA0)
}
_CONTROLS = dict.fromkeys(range(0x20), " ")
# As Word writes them into plain text: a hyphen that does not break, and one that is not shown.
_OF_WORD = {0x1E: "-", 0x1F: None}
_LINE_ENDS = dict.fromkeys(map(ord, "\n\v\f\u2028\u2029"), "\n")
# Soft hyphens, zero-width spaces, and marks that turn the reading direction: 51 would read 15.
_UNSEEN = dict.fromkeys(
    [0xAD, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_SPACES = dict.fromkeys(map(ord, "\u1680\u205f\u3000"), " ") | dict.fromkeys(
    set(range(0x2000, 0x200B)) - {0x2007}, " "
)
_NO_BREAK = dict.fromkeys((0x2007, 0x202F), "\xa0")
_TABLE = (
    _FROM_WINDOWS | _CONTROLS | _OF_WORD | {0x7F: " "} | _LINE_ENDS | _UNSEEN | _SPACES | _NO_BREAK
)

# They join the signs of an emoji and the letters of some scripts; between others they hide.
_NEEDLESS_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
# Between a number and its unit it keeps the two on one line; elsewhere it is a space.
_NEEDLESS_NO_BREAKS = re.compile(r"(?<!\d)\xa0+|\xa0+(?!\S)|\xa0{2,}")


def visible(text: str) -> str:
    """`text` as it is seen: lines end in \\n, spaces are spaces, nothing is between the letters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)
    return _NEEDLESS_NO_BREAKS.sub(" ", _NEEDLESS_JOINERS.sub("", text))


def lines(text: str) -> str:
    """`text` without spaces at the ends of its lines and empty lines around it."""
    return re.sub(r" +$", "", visible(text), flags=re.MULTILINE).strip()


def one_line(text: str) -> str:
    return re.sub(r"[ \n]+", " ", visible(text)).strip()


def items(text: str) -> str:
    """`text` with one item a line, without the bullets that came along from another program."""
    bare = (re.sub(r"^(?:[•·◦▪●○■‣⁃] +)+", "", line.strip()) for line in visible(text).split("\n"))
    return "\n".join(line for line in bare if line)


class _TidyFormField(forms.CharField):
    """Compares by the same rule what it was filled with: white space is no change."""

    def __init__(self, *args, tidy, **kwargs):
        super().__init__(*args, **kwargs)
        self.tidy = tidy

    def to_python(self, value):
        return self.tidy(super().to_python(value))

    def has_changed(self, initial, data):
        return super().has_changed(self.tidy(initial or ""), data)


class _TidyField(models.Field):
    """One of Django's text fields, which it is for migrations; what is typed goes by `tidy`."""

    tidy: Callable[[str], str]

    def to_python(self, value):
        value = super().to_python(value)
        return self.tidy(value) if isinstance(value, str) else value

    def formfield(self, **kwargs):
        options: dict[str, Any] = {"form_class": _TidyFormField, "tidy": self.tidy}
        return super().formfield(**options | kwargs)

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.get_internal_type()}", args, kwargs


class LinesField(_TidyField, models.TextField):
    tidy = staticmethod(lines)


class ItemsField(_TidyField, models.TextField):
    tidy = staticmethod(items)


class OneLineField(_TidyField, models.CharField):
    tidy = staticmethod(one_line)

"""Removes invisible characters from text, so that two texts that look equal are stored alike.

Word processors, PDF viewers and mail programs put invisible characters on the clipboard, and
browsers change the line ends of a textarea.
"""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models

# Text in Windows' encoding (cp1252) that was decoded as Latin-1 has control characters in place of
# its dashes and quotes. This maps them back.
_FROM_WINDOWS = {
    byte: bytes([byte]).decode("cp1252", "replace").replace("\ufffd", " ")
    for byte in range(0x80, 0xA0)
}
_CONTROLS = dict.fromkeys(range(0x20), " ")
# Word copies a non-breaking hyphen as 0x1E and an optional hyphen as 0x1F.
_FROM_WORD = {0x1E: "-", 0x1F: None}
_LINE_ENDS = dict.fromkeys(map(ord, "\n\v\f\u2028\u2029"), "\n")
# Soft hyphens, zero-width spaces, and marks that reverse the reading direction and show 15 as 51.
_INVISIBLE = dict.fromkeys(
    [0xAD, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_SPACES = dict.fromkeys(map(ord, "\u1680\u205f\u3000"), " ") | dict.fromkeys(
    set(range(0x2000, 0x200B)) - {0x2007}, " "
)
_NO_BREAK_SPACES = dict.fromkeys((0x2007, 0x202F), "\xa0")
_TABLE = (
    _FROM_WINDOWS
    | _CONTROLS
    | _FROM_WORD
    | {0x7F: " "}
    | _LINE_ENDS
    | _INVISIBLE
    | _SPACES
    | _NO_BREAK_SPACES
)

# Zero-width joiners and non-joiners are needed in emoji and in scripts such as Persian. Next to an
# ASCII character they do nothing, so they are removed.
_NEEDLESS_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
# A no-break space is kept between a number and its unit. Elsewhere it becomes a plain space.
_NEEDLESS_NO_BREAKS = re.compile(r"(?<!\d)\xa0+|\xa0+(?!\S)|\xa0{2,}")


def visible(text: str) -> str:
    """`text` as a reader sees it: plain spaces, no invisible characters, and line ends of \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)
    return _NEEDLESS_NO_BREAKS.sub(" ", _NEEDLESS_JOINERS.sub("", text))


def lines(text: str) -> str:
    """`text` without spaces at line ends, and without empty lines before and after it."""
    return re.sub(r" +$", "", visible(text), flags=re.MULTILINE).strip()


def one_line(text: str) -> str:
    return re.sub(r"[ \n]+", " ", visible(text)).strip()


def items(text: str) -> str:
    """`text` with one item on each line, without bullets that were copied from another program."""
    bare = (re.sub(r"^(?:[•·◦▪●○■‣⁃] +)+", "", line.strip()) for line in visible(text).split("\n"))
    return "\n".join(line for line in bare if line)


class _TidyFormField(forms.CharField):
    """Applies `tidy` to the typed and the initial value, so that white space is not a change."""

    def __init__(self, *args, tidy, **kwargs):
        super().__init__(*args, **kwargs)
        self.tidy = tidy

    def to_python(self, value):
        return self.tidy(super().to_python(value))

    def has_changed(self, initial, data):
        return super().has_changed(self.tidy(initial or ""), data)


class _TidyField(models.Field):
    """A text field that applies `tidy` to typed text. Migrations see Django's own field."""

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

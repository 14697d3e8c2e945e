"""Reduces what editors write to an allow-list of tags, and marks the result as safe HTML."""

from copy import copy
from dataclasses import replace
from functools import lru_cache

import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django_prose_editor.fields import ProseEditorField, ProseEditorFormField

from articles.rich_text.pasted.blocks import Run, inline, write
from articles.rich_text.pasted.reader import Reader
from clinic_site.models import Practice
from clinic_site.plain_text import visible

EXTENSIONS = {
    "Bold": True,
    "BulletList": True,
    "OrderedList": {"listTypes": [{"label": "1, 2, 3, …", "type": "decimal"}]},
    "ListItem": True,
    "HardBreak": True,
    "Link": {
        "enableTarget": False,
        "protocols": ["https", "http", "mailto", "tel"],
        "defaultProtocol": "https",
    },
    "HTML": True,
    "Paste": True,  # its code is static/js/editor-paste.js
}
LINK_ADVICE = (
    "Give it a web address such as https://example.com, an email address, or a page of ours such "
    "as /ebooks/; or take the link off."
)
TAGS = {"p", "ul", "ol", "li", "strong", "br", "a"}

# Applied after Reader and `write`, so that a mistake in them cannot let another tag through.
allow_list = nh3.Cleaner(
    tags=TAGS,
    # Without the entry "*", nh3 would keep the attributes title and lang.
    attributes={"a": {"href"}, "ol": {"start"}, "*": set()},
    url_schemes={"https", "http", "mailto", "tel"},
    link_rel=None,
)


def clean(text: str) -> str:
    """`text` with nothing but the tags of the allow-list; '' for an empty editor's <p></p>."""
    return _to_html(_read(text))


# Cached, because each rendering of a page reads the same texts again.
_read = lru_cache(maxsize=512)(Reader)


def _to_html(reader: Reader) -> str:
    if reader.is_bare and [block.level for block in reader.blocks] == [0]:
        return allow_list.clean(inline(reader.blocks[0].runs))
    html = allow_list.clean(write(reader.blocks))
    # The editor writes all paragraphs on one line. People who type HTML start a line for each one.
    # Both are kept, so that a form that is saved without an edit does not change the text.
    return html if reader.has_lines else html.replace("\n", "")


def render(text: str, practice: Practice, *, home: str = "") -> SafeString:
    """Stored text as HTML for a page, a mail or a book, with [phone] and [practice] filled in.

    It is cleaned again because an import may have stored text without the form field. `home` is
    the site's address; mails need it before links that start with "/".
    """
    reader = copy(_read(text))
    reader.blocks = [
        replace(block, runs=[part for run in block.runs for part in _fill(run, practice, home)])
        for block in reader.blocks
    ]
    return mark_safe(_to_html(reader))  # noqa: S308 cleaned by the allow-list


def _with_home(href: str, home: str) -> str:
    """`href` with the site's address before it, if `home` is given.

    A link to a place on the same page becomes '', because a mail does not contain that place.
    """
    if home and href.startswith(("/", "#")):
        return f"{home}{href}" if href.startswith("/") else ""
    return href


def _fill(run: Run, practice: Practice, home: str) -> list[Run]:
    """The run with its placeholders filled in. [phone] becomes a link, unless it is inside one."""
    text = run.text.replace("[practice]", practice.name or "our practice")
    run = replace(run, text=text, href=_with_home(run.href, home))
    number = practice.phone_national or "our phone number"
    call = run.href or (practice.phone_uri if practice.phone else "")
    parts = run.text.split("[phone]")
    found = [replace(run, text=parts[0])]
    for part in parts[1:]:
        found += [replace(run, text=number, href=call), replace(run, text=part)]
    return [part for part in found if part.text]


def plain(text: str, practice: Practice) -> str:
    """One-line text with [phone] and [practice] filled in. It is not HTML: templates escape it."""
    filled = visible(text).replace("[phone]", practice.phone_national or "our phone number")
    return filled.replace("[practice]", practice.name or "our practice")


def _on_one_line(text: str | None) -> str:
    return clean(text or "").replace("\n", "")


class RichTextFormField(ProseEditorFormField):
    def clean(self, value):
        """Refuses links that cannot work. `cleaning.clean` would remove them without a message."""
        if refused := list(dict.fromkeys(_read(value or "").refused)):
            named = ", ".join(f"“{href[:60]}”" for href in refused)
            raise ValidationError(f"A link to {named} leads nowhere. {LINK_ADVICE}")
        return clean(super().clean(value))

    def has_changed(self, initial, data):
        """Ignores white space, because browsers change line ends when they send a form."""
        return super().has_changed(_on_one_line(initial), _on_one_line(data))


class RichTextField(ProseEditorField):
    """Migrations see a TextField. Forms show the editor and pass its result through `clean`."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, extensions=EXTENSIONS, sanitize=clean, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": RichTextFormField} | kwargs)

"""What editors may write: the one allow-list, and the one place that marks text safe."""

import html

import nh3
from django.utils.safestring import SafeString, mark_safe
from django_prose_editor.fields import ProseEditorField, ProseEditorFormField

from clinic_site.models import Practice

EXTENSIONS = {
    "Bold": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["https", "http", "mailto", "tel"]},
    "HTML": True,
}
TAGS = {"p", "ul", "ol", "li", "strong", "br", "a"}

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}},
    url_schemes={"https", "http", "mailto", "tel"},
    link_rel=None,
)


def clean(text: str) -> str:
    """`text` with everything outside the allow-list taken out; an empty editor gives ''."""
    cleaned = _cleaner.clean(text).strip()
    return "" if cleaned == "<p></p>" else cleaned


def render(text: str, practice: Practice) -> SafeString:
    """Stored text as HTML for a page, a mail or a book, with [phone] and [practice] filled in.

    Cleaned again here: rows may come from imports that never saw the field.
    """
    phone = (
        f'<a href="{html.escape(practice.phone_uri)}">{html.escape(practice.phone_national)}</a>'
    )
    filled = clean(text).replace("[phone]", phone if practice.phone else "our phone number")
    filled = filled.replace("[practice]", html.escape(practice.name or "our practice"))
    return mark_safe(filled)  # noqa: S308 cleaned two lines above


def plain(text: str, practice: Practice) -> str:
    """One-line text with [phone] and [practice] filled in; not HTML, templates escape it."""
    filled = text.replace("[phone]", practice.phone_national or "our phone number")
    return filled.replace("[practice]", practice.name or "our practice")


class RichTextFormField(ProseEditorFormField):
    def has_changed(self, initial, data):
        """Browsers send other line ends than they got; that is no change."""
        return super().has_changed(clean(initial or ""), clean(data or ""))


class RichTextField(ProseEditorField):
    """A TextField in migrations; in forms the editor, whose result goes through `clean`."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, extensions=EXTENSIONS, sanitize=clean, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": RichTextFormField} | kwargs)

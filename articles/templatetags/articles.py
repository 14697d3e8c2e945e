from django import template

from articles import figures, rich_text
from clinic_site.models import Practice

register = template.Library()


@register.simple_tag
def figure(name: str):
    """The drawing's SVG, inline."""
    return figures.svg(name)


@register.filter
def rich(text: str, practice: Practice):
    """Rich text as HTML, cleaned, with the practice's phone and name filled in."""
    return rich_text.render(text, practice)


@register.filter
def filled(text: str, practice: Practice) -> str:
    """Plain text with the practice's phone and name filled in."""
    return rich_text.plain(text, practice)

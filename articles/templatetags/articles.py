from django import template

from articles import figures, rich_text, structured_data
from articles.ebooks import book
from articles.models import Ebook, Section
from clinic_site.models import Practice

register = template.Library()


@register.simple_tag
def figure(name: str):
    """The drawing's SVG, inline."""
    return figures.svg(name)


@register.simple_tag
def book_sections(ebook: Ebook) -> list[Section]:
    """The book's sections in its order, numbered as in its files."""
    chapters = ebook.chapters.select_related("section__article")
    sections = [chapter.section for chapter in chapters]
    places = book.places(sections)
    for section in sections:
        section.number, _total = places[section.pk]
    return sections


@register.filter
def figure_caption(name: str) -> str:
    """What stands under a drawing where several are side by side."""
    return figures.FIGURES.get(name, "")


@register.simple_tag
def absolute(path: str) -> str:
    """The address with scheme and host, from the configured base and never from the request."""
    return structured_data.absolute(path)


@register.filter
def rich(text: str, practice: Practice):
    """Rich text as HTML, cleaned, with the practice's phone and name filled in."""
    return rich_text.render(text, practice)


@register.filter
def filled(text: str, practice: Practice) -> str:
    """Plain text with the practice's phone and name filled in."""
    return rich_text.plain(text, practice)

from django import template

from articles import figures, rich_text, structured_data
from articles.models import Ebook, Section
from clinic_site.models import Practice

register = template.Library()


@register.simple_tag
def figure(name: str):
    """The drawing's SVG, inline."""
    return figures.svg(name)


@register.simple_tag
def book_sections(ebook: Ebook) -> list[Section]:
    """The book's sections in its order, numbered as on their guide's page."""
    chapters = ebook.chapters.select_related("section__article")
    sections = [chapter.section for chapter in chapters]
    articles = {section.article_id: section.article for section in sections}
    numbers = {
        section.pk: section.number
        for article in articles.values()
        for _kind, run in article.blocks
        for section in run
    }
    for section in sections:
        section.number = numbers[section.pk]
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

import re

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from articles import figures, menu, structured_data
from articles.ebooks import book
from articles.models import Article, Ebook, Section
from articles.rich_text import cleaning, site_links
from clinic_site.models import Practice

register = template.Library()


@register.simple_tag
def header_menu(article: Article | None) -> list[menu.MenuEntry]:
    return menu.header(article)


@register.simple_tag
def footer_menu() -> list[menu.MenuEntry]:
    return menu.footer_only()


@register.simple_tag
def figure(name: str):
    return figures.svg(name)


@register.simple_tag
def book_sections(ebook: Ebook) -> list[Section]:
    """The sections of the ebook in the order of its chapters, numbered as in the ebook's files."""
    chapters = ebook.chapters.select_related("section__article")
    chapters = chapters.prefetch_related("section__article__sections")
    sections = [chapter.section for chapter in chapters]
    articles = {section.article_id: section.article for section in sections}
    places = book.places(sections)
    for section in sections:
        section.number, _total = places[section.pk]
        # The sections of an article share one Article, so that its dead links are looked up once.
        section.article = articles[section.article_id]
    return sections


@register.filter
def figure_caption(name: str) -> str:
    """The words under a drawing; pages show them where several drawings are side by side."""
    return figures.FIGURES.get(name, "")


@register.filter
def summary(article: Article | str, practice: Practice) -> str:
    """A sentence about the page; '' on pages that have no article."""
    return article.summary_for(practice) if isinstance(article, Article) else ""


@register.simple_tag
def card_words(practice: Practice) -> str:
    """The alternative text of the picture that shared links show."""
    drawing = f"Drawing: {figures.FIGURES[figures.ON_SOCIAL_CARD].lower()}"
    return ". ".join(filter(None, [practice.name, drawing]))


@register.simple_tag
def absolute(path: str) -> str:
    """The full address, with the configured host, because a visitor can send any Host header."""
    return structured_data.absolute(path)


@register.filter
def words_of(section: Section, practice: Practice):
    """The section's text as HTML, cleaned, with the practice's phone and name filled in."""
    return site_links.render(section, practice)


@register.filter
def filled(text: str, practice: Practice) -> str:
    """Plain text with the practice's phone and name filled in."""
    return cleaning.plain(text, practice)


# The style sheet keeps `.unbroken` on one line. Longer words may break, or the line before them
# would stay nearly empty.
LONGEST_UNBROKEN = 18
HYPHENATED = re.compile(r"\w+(?:-\w+)+")
NUMBER_WITH_UNIT = re.compile(r"\d[\d.,]*(?: to \d[\d.,]*)?(?: [^\W\d_]+)?")


@register.filter
def heading(text: str) -> SafeString:
    """The escaped text; a browser breaks no line at the hyphen of a word such as self-care."""
    return _unbroken(text, HYPHENATED)


@register.filter
def dose(text: str) -> SafeString:
    """The escaped text; a browser breaks no line between a number and its unit."""
    return _unbroken(text, NUMBER_WITH_UNIT)


def _unbroken(text: str, pattern: re.Pattern) -> SafeString:
    parts, end = [], 0
    for found in pattern.finditer(text):
        if len(found[0]) <= LONGEST_UNBROKEN:
            parts += [escape(text[end : found.start()])]
            parts += [format_html('<span class="unbroken">{}</span>', found[0])]
            end = found.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 each part is escaped

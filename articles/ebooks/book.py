"""An ebook as plain data: everything that a reader sees in it, in any format.

The renderers read nothing but a Book. So its digest shows whether a reader would see a difference,
and only then does the ebook get a new edition.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path

from django.conf import settings

from articles import figures
from articles.ebooks import covers
from articles.models import Ebook, Section
from articles.rich_text import cleaning, site_links
from articles.rich_text.link_targets import safe_url
from articles.rich_text.tree import Block, one_line, plain_text, tree
from clinic_site.models import Practice

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "ebooks"
# Increase it when a change in Python changes the files; changed templates are in the digest.
LAYOUT = 2

ORIGIN = "Every section of this book is taken from our web site. The page there is always current:"
COUNTED: dict[str, str] = {Section.Kind.STEP: "Step", Section.Kind.EXERCISE: "Exercise"}


@dataclass(frozen=True)
class Chapter:
    """A section of a guide, with its warnings, which are in no other place."""

    id: str
    kind: str
    level: int  # 2 for a step or exercise under the text that introduces it
    number: int  # within the book; 0 if it is neither a step nor an exercise
    count: str  # "Step 1 of 3"
    title: str
    tone: str
    figures: list[str]
    blocks: list[Block]
    doses: list[tuple[str, str]]
    callout_title: str
    callout: str
    dos: list[str]
    donts: list[str]

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title

    @property
    def text(self) -> str:
        """All words of the chapter, one line for each part."""
        doses = [f"{name}: {dose}" for name, dose in self.doses]
        parts = [self.heading, plain_text(self.blocks), *doses, self.callout_title, self.callout]
        return "\n".join(part for part in [*parts, *self.dos, *self.donts] if part)


@dataclass(frozen=True)
class Reference:
    """A source of the text, as the guide lists it."""

    title: str
    publisher: str
    url: str


@dataclass(frozen=True)
class Guide:
    """A page that has sections of the book, and who reviewed it."""

    title: str
    url: str
    reviewed: str


@dataclass(frozen=True)
class Book:
    slug: str
    title: str
    subtitle: str
    description: str
    cover: str
    practice: str
    phone: str
    phone_uri: str
    home: str
    guides: list[Guide]
    chapters: list[Chapter]
    sources: list[Reference] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(len(chapter.text.split()) for chapter in self.chapters)

    @property
    def drawings(self) -> list[str]:
        """The name of each figure of the book, once."""
        return list(dict.fromkeys(name for chapter in self.chapters for name in chapter.figures))

    @cached_property
    def digest(self) -> str:
        """Changes if, and only if, a reader would see a difference."""
        state = {
            "layout": LAYOUT,
            "templates": templates_digest(),
            "book": asdict(self),
            "cover": covers.art(self.cover).svg,
            "drawings": [figures.svg(name) for name in self.drawings],
        }
        return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def templates_digest() -> str:
    state = hashlib.sha256()
    for path in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        state.update(path.relative_to(TEMPLATES).as_posix().encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def read(ebook: Ebook) -> Book:
    """Reads the book from its present sections."""
    practice = Practice.load()
    sections = [
        chapter.section
        for chapter in ebook.chapters.select_related("section__article").prefetch_related(
            "section__sources"
        )
    ]
    articles = list({section.article_id: section.article for section in sections}.values())
    return Book(
        slug=ebook.slug,
        title=one_line(ebook.title) or "Untitled",
        subtitle=one_line(ebook.subtitle),
        description=one_line(ebook.description),
        cover=ebook.cover,
        practice=one_line(practice.name),
        phone=practice.phone_national,
        phone_uri=practice.phone_uri,
        home=settings.BASE_URL,
        guides=[guide(article) for article in articles if article.is_published],
        chapters=_Chapters(sections, practice).all(),
        sources=sources(sections),
    )


def guide(article) -> Guide:
    reviewer = ", ".join(filter(None, [article.reviewer, article.reviewer_credential]))
    reviewed = f"Reviewed by {reviewer}" if reviewer else ""
    if article.reviewed_on:
        day = f"{article.reviewed_on:%B} {article.reviewed_on.day}, {article.reviewed_on.year}"
        reviewed = f"{reviewed} on {day}" if reviewed else f"Last reviewed on {day}"
    return Guide(
        title=one_line(article.title),
        url=f"{settings.BASE_URL}{article.get_absolute_url()}",
        reviewed=one_line(reviewed),
    )


def sources(sections) -> list[Reference]:
    found = {}
    for source in (source for section in sections for source in section.sources.all()):
        found[source.url] = Reference(
            title=one_line(source.title),
            publisher=one_line(source.publisher),
            url=safe_url(settings.BASE_URL, source.url),
        )
    return list(found.values())


class _Chapters:
    def __init__(self, sections, practice: Practice):
        self.sections, self.practice = sections, practice
        self.ids = _ids(sections)
        self.urls = {
            f"{settings.BASE_URL}{section.get_absolute_url()}": f"#{self.ids[section.pk]}"
            for section in sections
        }
        self.dead_links = {
            unescape(href) for href in site_links.find_dead(site_links.hrefs(sections))
        }
        self.places = places(sections)

    def all(self) -> list[Chapter]:
        chapters: list[Chapter] = []
        for section in self.sections:
            before = chapters[-1] if chapters else None
            # The first step goes under the text that introduces it; the next ones follow it there.
            is_under = before and (
                before.kind == Section.Kind.TEXT
                or (before.kind == section.kind and before.level == 2)
            )
            level = 2 if section.kind in COUNTED and is_under else 1
            chapters.append(self.chapter(section, level))
        return chapters

    def chapter(self, section: Section, level: int) -> Chapter:
        number, total = self.places[section.pk] if section.kind in COUNTED else (0, 0)
        count = f"{COUNTED[section.kind]} {number} of {total}" if number else ""
        html = cleaning.render(section.body, self.practice)
        return Chapter(
            id=self.ids[section.pk],
            kind=section.kind,
            level=level,
            number=number,
            count=count,
            title=self.line(section.title) or "Untitled",
            tone=section.tone,
            figures=[name for name in section.figures if figures.label(name)],
            blocks=tree(html, lambda href: self.link(section, href)),
            doses=[(name, self.line(dose)) for name, dose in section.doses],
            callout_title=self.line(section.callout_title),
            callout=self.line(section.callout),
            dos=self.lines(section.do_list),
            donts=self.lines(section.dont_list),
        )

    def line(self, text: str) -> str:
        return one_line(cleaning.plain(text, self.practice))

    def lines(self, items: list[str]) -> list[str]:
        return [line for line in map(self.line, items) if line]

    def link(self, section: Section, href: str) -> str:
        """The target: a chapter if the book has the section, else the page if it is public."""
        page = f"{settings.BASE_URL}{section.article.get_absolute_url()}"
        url = safe_url(page, href)
        return self.urls.get(url) or ("" if href in self.dead_links else url)


def _ids(sections) -> dict[int, str]:
    """An id for each section; unique even if two guides use the same anchor."""
    ids: dict[int, str] = {}
    for section in sections:
        name = f"s-{section.anchor}"
        ids[section.pk] = f"{name}-{section.pk}" if name in ids.values() else name
    return ids


def places(sections) -> dict[int, tuple[int, int]]:
    """The number of each section among its guide's steps (or exercises) in this book, and their
    total.

    It is not the number on the guide's page, because a reader would miss the steps before it.
    """
    runs: dict[tuple[int, str], list[int]] = {}
    for section in sections:
        runs.setdefault((section.article_id, section.kind), []).append(section.pk)
    return {pk: (number, len(run)) for run in runs.values() for number, pk in enumerate(run, 1)}

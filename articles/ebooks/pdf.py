"""Renders a book as tagged PDF (PDF/UA-1) with Typst.

Typst gets the book as JSON, so no text of it is ever run as Typst markup. Only the fonts inside
the Typst wheel are used, so that the same book gives the same bytes on every machine.
"""

import json
import unicodedata
from dataclasses import asdict
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Literal

import typst
from django.utils import timezone

from articles.ebooks import covers
from articles.ebooks.book import ORIGIN, TEMPLATES, Book
from articles.figures import FIGURES
from articles.models import Edition

MISSING_LETTER = "\ufffd"
COVER_PPI = 178  # 1068 x 1602 pixels: sharp on an e-reader, and a small file


class TypesettingError(Exception):
    """Typst could not typeset the book; the message is the one from Typst."""


def render(book: Book, edition: Edition) -> bytes:
    return _compile("book.typ", _data(book, edition), "pdf", timestamp=edition.made_at)


def cover(book: Book, file_format: Literal["png", "svg"]) -> bytes:
    return _compile("cover-alone.typ", _cover_data(book), file_format)


def count_pages(pdf: bytes) -> int:
    """Counts the /Type/Page objects: Typst writes one for each page, without spaces."""
    return pdf.count(b"/Type/Page") - pdf.count(b"/Type/Pages")


def missing_letters(book: Book) -> str:
    """The letters of the book that no font in the wheel can draw."""
    texts = json.dumps(asdict(book), ensure_ascii=False)
    return "".join(sorted({letter for letter in texts if _substitute(letter) == MISSING_LETTER}))


def _data(book: Book, edition: Edition) -> dict[str, Any]:
    made_on = timezone.localtime(edition.made_at)
    chapters = [asdict(chapter) | {"heading": chapter.heading} for chapter in book.chapters]
    data = asdict(book) | {
        "chapters": chapters,
        "date": {"year": made_on.year, "month": made_on.month, "day": made_on.day},
        "drawings": {
            name: asdict(covers.figure(name)) | {"caption": FIGURES[name]} for name in book.drawings
        },
        "about": [edition.line, ORIGIN] if book.guides else [edition.line],
        "guides": [asdict(guide) | {"shown": _shown(guide.url)} for guide in book.guides],
    }
    return _drawable(data) | {"cover": asdict(covers.art(book.cover))}


def _cover_data(book: Book) -> dict[str, Any]:
    data = {"title": book.title, "subtitle": book.subtitle, "practice": book.practice}
    return _drawable(data) | {"cover": asdict(covers.art(book.cover))}


def _shown(url: str) -> str:
    """The address without the parts that people do not type."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")


def _drawable(value: Any) -> Any:
    """Replaces the letters in all texts of `value` that no font has."""
    if isinstance(value, str):
        return "".join(map(_substitute, value))
    if isinstance(value, dict):
        return {
            # Addresses and drawings are not text.
            key: item if key in {"url", "phone_uri", "svg"} else _drawable(item)
            for key, item in value.items()
        }
    return [_drawable(item) for item in value] if isinstance(value, list | tuple) else value


@lru_cache(maxsize=10_000)
def _substitute(letter: str) -> str:
    """The letter; if no font has it, a sign for a letter or digit, and nothing for an emoji."""
    if letter < "\u0250" or _is_drawable(letter):
        return letter
    is_word = unicodedata.category(letter)[0] in "LN"
    return MISSING_LETTER if is_word else ""


def _is_drawable(letter: str) -> bool:
    """Compiles the letter alone: Typst refuses PDF/UA if no font has it."""
    try:
        _compile("letter.typ", {"letter": letter}, "pdf")
    except TypesettingError:
        return False
    return True


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _compile(
    template: str,
    data: dict[str, Any],
    file_format: Literal["pdf", "png", "svg"],
    timestamp: datetime | None = None,
) -> bytes:
    try:
        return typst.compile(
            TEMPLATES / "pdf" / template,
            root=TEMPLATES / "pdf",
            font_paths=_fonts(),
            sys_inputs={"book": json.dumps(data)},
            format=file_format,
            ppi=COVER_PPI,
            pdf_standards="ua-1" if file_format == "pdf" else [],
            timestamp=int(timestamp.timestamp()) if timestamp else 0,
        )
    except typst.TypstError as error:
        raise TypesettingError(f"{error.message} {' '.join(error.hints)}".strip()) from error
    except BaseException as error:
        # A panic in Typst's Rust code does not inherit from Exception; it must not end the worker.
        if type(error).__name__ == "PanicException":
            raise TypesettingError("Typst crashed on this book") from error
        raise

"""Renders a book as EPUB 3: Django templates in a zip, with the same bytes for one edition."""

import io
import uuid
import zipfile
from dataclasses import dataclass
from datetime import UTC

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from articles import figures
from articles.ebooks import covers, pdf
from articles.ebooks.book import ORIGIN, TEMPLATES, Book, Chapter
from articles.models import Edition
from articles.rich_text.tree import Block
from articles.upload_validators import EPUB_MIME_TYPE

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date of a zip; content.opf has the edition's date


@dataclass(frozen=True)
class Part:
    """A file of the EPUB: a chapter of level 1 with the chapters under it."""

    name: str
    chapters: list[Chapter]

    @property
    def title(self) -> str:
        return self.chapters[0].heading

    @property
    def has_svg(self) -> bool:
        return any(chapter.figures for chapter in self.chapters)


def render(book: Book, edition: Edition) -> bytes:
    parts = split(book)
    context = {
        "book": book,
        "edition": edition,
        "origin": ORIGIN,
        "parts": parts,
        "identifier": uuid.uuid5(uuid.NAMESPACE_URL, f"{book.home}/ebooks/#{book.slug}").urn,
        "modified": edition.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "cover_alt": f"{book.title}. {covers.art(book.cover).alt}.",
    }
    files = {
        "META-INF/container.xml": page("container.xml", context),
        "OEBPS/content.opf": page("content.opf", context),
        "OEBPS/nav.xhtml": page("nav.xhtml", context),
        "OEBPS/cover.xhtml": page("cover.xhtml", context),
        "OEBPS/cover.svg": pdf.cover(book, "svg"),
        "OEBPS/cover.png": pdf.cover(book, "png"),
        "OEBPS/book.css": (TEMPLATES / "epub" / "book.css").read_bytes(),
        "OEBPS/about.xhtml": page("about.xhtml", context),
    }
    ids = {chapter.id: part.name for part in parts for chapter in part.chapters}
    for part in parts:
        shown = [show(chapter, ids) for chapter in part.chapters]
        files[f"OEBPS/{part.name}"] = page("part.xhtml", context | {"part": part, "shown": shown})
    return pack(files)


def split(book: Book) -> list[Part]:
    runs: list[list[Chapter]] = []
    for chapter in book.chapters:
        if chapter.level == 1 or not runs:
            runs.append([])
        runs[-1].append(chapter)
    return [Part(f"part-{number}.xhtml", run) for number, run in enumerate(runs, 1)]


def page(template: str, context: dict) -> bytes:
    return render_to_string(f"ebooks/epub/{template}", context).encode()


def show(chapter: Chapter, ids: dict[str, str]) -> dict:
    """The context in which the template renders a chapter."""
    captions = figures.FIGURES if len(chapter.figures) > 1 else {}
    return {
        "chapter": chapter,
        "body": xhtml(chapter.blocks, ids),
        "drawings": [(drawing(name), captions.get(name, "")) for name in chapter.figures],
    }


def xhtml(blocks: list[Block], ids: dict[str, str]) -> SafeString:
    """Rich text as XHTML; a link to another chapter names the file that has it."""
    parts = []
    for block in blocks:
        if block["kind"] == "p":
            runs = format_html_join("", "{}", ((run(piece, ids),) for piece in block["runs"]))
            parts.append(format_html("<p>{}</p>", runs))
        else:
            items = format_html_join(
                "", "<li>{}</li>", ((xhtml(item, ids),) for item in block["items"])
            )
            tag = mark_safe(block["kind"])  # noqa: S308 "ul" or "ol"
            start = format_html(' start="{}"', block["start"]) if "start" in block else ""
            parts.append(format_html("<{0}{1}>{2}</{0}>", tag, start, items))
    return format_html_join("\n", "{}", ((part,) for part in parts))


def run(piece: dict, ids: dict[str, str]) -> SafeString:
    if piece["text"] == "\n":
        return mark_safe("<br/>")
    text = format_html("<strong>{}</strong>" if piece["bold"] else "{}", piece["text"])
    url = piece["url"]
    if url.startswith("#"):
        url = f"{ids[url[1:]]}{url}"
    return format_html('<a href="{}">{}</a>', url, text) if url else text


def drawing(name: str) -> SafeString:
    """Inline SVG, so that it has the reading program's text colour; XML needs the namespace."""
    svg = figures.svg(name).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return mark_safe(svg)  # noqa: S308 our own file


def pack(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # The standard wants it first and uncompressed: programs read the type from these bytes.
        archive.writestr(entry("mimetype", zipfile.ZIP_STORED), EPUB_MIME_TYPE)
        for name, content in files.items():
            is_packed = name.endswith(".png")
            method = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry(name, method), content, compresslevel=9)
    return packed.getvalue()


def entry(name: str, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, ZIP_EPOCH)
    info.compress_type = method
    info.create_system = 3  # Unix, so that every machine writes the same bytes
    info.external_attr = 0o644 << 16
    return info

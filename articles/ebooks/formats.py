"""The file formats of the ebooks: everything that differs between one and another.

A format's functions are named by their dotted paths and imported at their first use, because the
renderers import the models, and the models import this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Literal

from django.utils.module_loading import import_string

from articles.upload_validators import EPUB_MIME_TYPE

if TYPE_CHECKING:
    from articles.ebooks.book import Book
    from articles.models import Edition


@dataclass(frozen=True)
class Format:
    code: str  # in addresses, file names and database rows
    label: str
    content_type: str
    disposition: Literal["attachment", "inline"]  # whether the browser saves or shows the file
    renderer: str  # (book, edition) -> bytes
    upload_validator: str  # (file) -> None, or raises ValidationError
    page_counter: str = ""  # (bytes) -> int, for a format that has pages
    letter_checker: str = ""  # (book) -> the letters of the book that the format cannot show
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.label

    @property
    def upload_field(self) -> str:
        """The field of the admin's ebook form that takes the practice's own file."""
        return f"upload_{self.code}"

    def render(self, book: "Book", edition: "Edition") -> bytes:
        return import_string(self.renderer)(book, edition)

    def count_pages(self, content: bytes) -> int:
        return import_string(self.page_counter)(content) if self.page_counter else 0

    def missing_letters(self, book: "Book") -> str:
        return import_string(self.letter_checker)(book) if self.letter_checker else ""

    def validate_upload(self, file: IO[bytes]) -> None:
        import_string(self.upload_validator)(file)


FORMATS = (
    Format(
        code="epub",
        label="EPUB",
        content_type=EPUB_MIME_TYPE,
        disposition="attachment",  # another program opens it
        renderer="articles.ebooks.epub.render",
        upload_validator="articles.upload_validators.validate_epub",
    ),
    Format(
        code="pdf",
        label="PDF",
        content_type="application/pdf",
        disposition="inline",
        renderer="articles.ebooks.pdf.render",
        upload_validator="articles.upload_validators.validate_pdf",
        page_counter="articles.ebooks.pdf.count_pages",
        letter_checker="articles.ebooks.pdf.missing_letters",
        # Some browsers show a PDF in a page of their own that embeds it; the site's policy for
        # pages would forbid the embedding.
        headers={
            "Content-Security-Policy": (
                "default-src 'none'; object-src 'self'; frame-ancestors 'none'"
            )
        },
    ),
)

BY_CODE = {each.code: each for each in FORMATS}


class FormatConverter:
    """The part of an address that names a format, as in `<slug>.<ebook_format:file_format>`."""

    regex = "|".join(BY_CODE)

    def to_python(self, value: str) -> Format:
        return BY_CODE[value]

    def to_url(self, value: Format) -> str:
        return value.code

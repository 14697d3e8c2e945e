import io
import unicodedata

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


def test_pdf_is_accessible(library, hostile, render_book):
    for rendered in [*library.values(), render_book(hostile)]:
        assert failures(rendered.pdf) == []


def test_pdf_checker_finds_an_untagged_file():
    untagged = typst.compile(b"= Heading", pdf_tags=False)

    assert failures(untagged)


def test_pdf_names_title_author_and_language(ebook, render_book):
    document = PdfReader(io.BytesIO(render_book(ebook).pdf))

    assert document.metadata.title == "First days"
    assert document.metadata.author == "Lake Clinic"
    assert document.trailer["/Root"]["/Lang"] == "en-US"
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_pdf_has_a_bookmark_for_every_chapter(library):
    for rendered in library.values():
        outline = PdfReader(io.BytesIO(rendered.pdf)).outline
        titles = [item.title for item in flattened(outline)]
        assert titles[1:-2] == [chapter.heading for chapter in rendered.book.chapters]
        assert (titles[0], titles[-2:]) == ("Contents", ["Sources", "About this book"])


def flattened(items):
    for item in items:
        if isinstance(item, list):
            yield from flattened(item)
        else:
            yield item


def test_pdf_has_no_letter_under_12_points(library):
    for rendered in library.values():
        sizes = set()

        def note(text, _matrix, text_matrix, _font, size, sizes=sizes):
            if text.strip():
                sizes.add(round(size * abs(text_matrix[0] or 1), 1))

        for sheet in PdfReader(io.BytesIO(rendered.pdf)).pages:
            sheet.extract_text(visitor_text=note)
        assert min(sizes) >= 12


def test_pdf_describes_cover_and_drawings(library):
    for rendered in library.values():
        drawn = sum(len(chapter.figures) for chapter in rendered.book.chapters)
        assert len(alternatives(PdfReader(io.BytesIO(rendered.pdf)))) == drawn + 1


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
    for rendered in library.values():
        assert pdf.count_pages(rendered.pdf) == len(PdfReader(io.BytesIO(rendered.pdf)).pages)


def test_pdf_prints_on_letter_without_being_shrunk(ebook, render_book):
    box = PdfReader(io.BytesIO(render_book(ebook).pdf)).pages[0].mediabox

    assert (box.width, box.height) == (6 * 72, 9 * 72)


def test_pdf_shows_markup_as_text(db, render_book):
    section = make_section(make_article(), body="<p>#panic() *b* $x$</p>", title="= #x <y>")

    text = pdf_text(render_book(make_ebook(section, title="#import &amp; <b>")).pdf)

    assert "#panic()*b*$x$" in text
    assert "=#x<y>" in text
    assert squeezed("#import &amp; <b>") in text


def test_pdf_keeps_numbers_and_the_signs_of_doses(section, render_book):
    section.body = "<ol start='3'><li>10² m⁻¹ H₂O ½ ≤ ≥ ± μg → ☑</li></ol>"
    section.save()

    assert "3.10²m⁻¹H₂O½≤≥±μg→☑" in pdf_text(render_book(make_ebook(section)).pdf)


@pytest.mark.parametrize(
    ("typed", "shown"), [("a😀b", "ab"), ("漢字", "\ufffd\ufffd"), ("שלום", "שלום")]
)
def test_pdf_marks_letters_that_it_cannot_draw(section, render_book, typed, shown):
    section.callout = typed
    section.save()

    text = pdf_text(render_book(make_ebook(section)).pdf)

    assert f"Important{shown}" in text or f"Important{shown[::-1]}" in text


def test_pdf_names_the_letters_that_it_cannot_draw(section, render_book):
    section.callout = "漢字 and 😀"
    section.save()

    assert pdf.missing_letters(render_book(make_ebook(section)).book) == "字漢"


def test_pdf_of_one_edition_has_the_same_bytes(ebook, render_book, time_machine):
    time_machine.move_to("2026-11-23 12:00 +0000", tick=False)
    first = render_book(ebook).pdf

    assert render_book(ebook).pdf == first


FOOT_POINTS = 40
LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis"


def sheets(pdf: bytes) -> list[str]:
    """The text of each page, line by line."""
    return [sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("times", [1, 2, 9])
def test_pdf_breaks_lines_between_words_joined_by_no_break_spaces(section, render_book, times):
    words = "Slow walking around the house is gentle and helps. " * times
    section.body = f"<p>{words.strip().replace(' ', '&nbsp;')}</p>"
    section.save()

    text = " ".join(sheets(render_book(make_ebook(section)).pdf))

    assert words.strip() in " ".join(text.split())


def test_pdf_puts_no_invisible_character_into_a_long_word(section, render_book):
    section.body = f"<p>{'one two three four ' * 6}{LONG} {'five six ' * 9}{LONG}</p>"
    section.dose_how_long, section.callout = "supervised", f"{'a b c d ' * 12}{LONG}"
    section.save()

    text = "\n".join(sheets(render_book(make_ebook(section)).pdf))

    assert text.count(LONG) == 3
    assert "supervised" in text
    assert [letter for letter in text if unicodedata.category(letter) == "Cf"] == []


@pytest.mark.parametrize("field", ["body", "callout", "dos", "donts", "title", "dose_how_long"])
def test_pdf_breaks_a_word_that_no_line_can_hold(section, render_book, field):
    word = "".join(f"w{number:02}" for number in range(26))
    setattr(section, field, f"<ul><li>{word}</li></ul>" if field == "body" else word)
    section.kind = "step"
    section.save()

    rendered = render_book(make_ebook(section))

    assert word in pdf_text(rendered.pdf)
    assert max(len(line) for page in sheets(rendered.pdf)[2:] for line in page.split("\n")) < 75


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "https://www.lakeside-clinic.example"])
def test_pdf_prints_addresses_that_can_be_copied(section, render_book, client, settings, base):
    settings.BASE_URL = base

    lines = "\n".join(sheets(render_book(make_ebook(section)).pdf)).split("\n")

    host = base.partition("://")[2]
    printed = [line.strip() for line in lines if line.startswith(host)]
    assert printed == [f"{host}/guides/neck-pain"]
    opened = client.get(printed[0].removeprefix(host), follow=True)
    assert b"<h1>Neck pain</h1>" in opened.content


@pytest.mark.parametrize(
    ("dose", "kept"),
    [
        ("Hold for 5 to 10 counts", "5 to 10 counts"),
        ("For the first 10 repetitions", "10 repetitions"),
        ("As often as 3 to 4 times a day", "3 to 4 times"),
    ],
)
def test_pdf_keeps_a_number_with_its_unit_in_a_dose(section, render_book, dose, kept):
    section.dose_how_long, section.dose_repetitions, section.dose_how_often = dose, "2", "3"
    section.save()

    lines = "\n".join(sheets(render_book(make_ebook(section)).pdf)).split("\n")

    assert [line for line in lines if kept in line] != [], lines


def test_pdf_keeps_the_warnings_of_a_long_step_with_its_advice(library):
    pages = sheets(library["the-first-days"].pdf)

    found = [" ".join(page.split()) for page in pages if "If heat makes it worse" in page]

    assert len(found) == 1
    for words in ("Step 3 of 4", "about 15 minutes", "Every 4 hours", "fall asleep"):
        assert words in found[0], words


def lowest_text(sheet) -> float:
    """The distance of the last line from the lower edge, in points, without the page's footer."""
    heights = []

    def note(text, matrix, _text_matrix, _font, _size):
        if text.strip() and matrix[5] > FOOT_POINTS:
            heights.append(matrix[5])

    sheet.extract_text(visitor_text=note)
    return min(heights)


def test_pdf_has_no_page_that_is_half_empty(library):
    """Except cover, contents, emergency card (they have their own pages) and the last page."""
    for slug, rendered in library.items():
        inner = PdfReader(io.BytesIO(rendered.pdf)).pages[3:-1]
        ends = [round(lowest_text(sheet)) for sheet in inner]
        assert [end for end in ends if end > 9 * 72 / 2] == [], slug

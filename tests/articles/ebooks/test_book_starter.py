"""What the four starter books must contain in every format."""

import pytest

from articles.ebooks import pdf
from articles.models import Ebook
from leads.models import Testimonial
from tests.articles.ebooks.reading import epub_text, pdf_text, squeezed


@pytest.fixture(params=["epub", "pdf"])
def texts(request, library):
    """Each starter book with its text in one format."""
    read = {"epub": epub_text, "pdf": pdf_text}[request.param]
    return [
        (rendered.book, read(getattr(rendered, request.param))) for rendered in library.values()
    ]


def test_starter_books_are_four(library):
    assert len(library) == 4


def test_starter_books_have_the_three_care_sections(texts):
    for book, text in texts:
        cards = [c for c in book.chapters if c.kind in {"emergency", "urgent", "doctor"}]
        assert [card.kind for card in cards] == ["emergency", "urgent", "doctor"], book.title
        for card in cards:
            assert squeezed(card.title) in text, book.title
        assert "911" in text


def test_starter_books_contain_the_facts_of_their_sections(texts):
    for book, text in texts:
        for chapter in book.chapters:
            for line in chapter.text.splitlines():
                # A dose's name and its value are in different table cells.
                for part in line.split(": ") if ": " in line else [line]:
                    assert squeezed(part) in text, (book.title, line)


def test_starter_books_keep_each_warning_with_its_step(texts):
    found = []
    for book, text in texts:
        titles = [squeezed(chapter.heading) for chapter in book.chapters] + ["Sources"]
        for chapter, following in zip(book.chapters, titles[1:], strict=True):
            start = text.rindex(squeezed(chapter.heading))
            end = text.find(following, start + 1)
            for warning in filter(None, [chapter.callout, *chapter.dos, *chapter.donts]):
                place = text.find(squeezed(warning), start)
                assert start < place, warning
                assert end == -1 or place < end, warning
                found.append(warning)
    assert len(found) >= 10


def test_starter_books_name_the_practice_and_the_page(library):
    for rendered in library.values():
        text = pdf_text(rendered.pdf)
        assert "RestorePhysicalTherapyLLC(248)844-2665" in text
        assert "127.0.0.1:8000/guides/back-spasm-treatment" in text
        assert "Edition1of" in text


def test_starter_books_have_letters_for_every_word(library):
    assert [pdf.missing_letters(rendered.book) for rendered in library.values()] == [""] * 4


def test_starter_books_contain_no_testimonial(starter, library):
    texts = [pdf_text(rendered.pdf) for rendered in library.values()]

    for quote in Testimonial.objects.values_list("quote", flat=True):
        assert not any(squeezed(quote)[:60] in text for text in texts)


def test_starter_books_are_the_published_ones(starter, library):
    assert set(library) == set(Ebook.objects.published().values_list("slug", flat=True))

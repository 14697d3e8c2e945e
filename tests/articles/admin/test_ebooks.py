from datetime import UTC, datetime

import pytest

from articles.ebooks import build
from articles.models import Ebook, Edition
from tests.admin_pages import column, form_fields, messages, page_text, same_queries
from tests.factories import make_article, make_ebook, make_practice, make_section
from tests.staff import client_of

LIST = "/admin/articles/ebook/"
LACKS = "The book lacks: {}. Every book should carry all three."
ALL = "Card: emergency, red, Card: call today, red head, Card: call a doctor, teal"


def change_url(book):
    return f"{LIST}{book.pk}/change/"


def make_cards(article):
    return [make_section(article, anchor=k, kind=k) for k in ("emergency", "urgent", "doctor")]


def test_list_and_search(editor):
    make_ebook()
    make_ebook(title="<b>Other</b>", slug="other")

    response = editor.get(LIST, {"q": "other"})

    assert column(response, "title") == ["<b>Other</b>"]
    assert "<b>Other" not in response.text


def test_list_runs_the_same_number_of_queries(editor):
    def fill(numbers):
        for number in numbers:
            make_ebook(slug=f"book-{number}")

    assert same_queries(editor, LIST, fill)


def test_add_a_book_with_a_chapter(editor):
    section = make_section(make_article())
    chapter = {"chapters-0-section": section.pk, "chapters-0-position": 10}
    fields = form_fields(editor.get(LIST + "add/")) | chapter
    changes = {"title": "Sleep", "slug": "sleep", "chapters-TOTAL_FORMS": 1}

    response = editor.post(LIST + "add/", fields | changes, follow=True)

    book = Ebook.objects.get()
    assert (list(book.sections.all()), book.is_published) == ([section], False)
    assert messages(response)[0] == LACKS.format(ALL)


def test_change_names_the_card_that_is_missing(editor):
    emergency, _, doctor = make_cards(make_article())
    book = make_ebook(emergency, doctor)

    fields = form_fields(editor.get(change_url(book)))
    response = editor.post(change_url(book), fields | {"subtitle": "New"}, follow=True)

    book.refresh_from_db()
    assert book.subtitle == "New"
    assert messages(response)[0] == LACKS.format("Card: call today, red head")


def test_change_of_a_whole_book_warns_of_nothing(editor):
    book = make_ebook(*make_cards(make_article()))

    response = editor.post(change_url(book), form_fields(editor.get(change_url(book))), follow=True)

    assert [line for line in messages(response) if "lacks" in line] == []
    assert list(book.chapters.values_list("position", flat=True)) == [10, 20, 30]


def test_change_page_shows_the_edition(editor):
    book = make_ebook()
    never_built = page_text(editor.get(change_url(book)))
    edition = Edition.objects.create(
        ebook=book,
        number=3,
        made_at=datetime(2026, 5, 4, 15, tzinfo=UTC),
        build_error="The disk is <b>full</b>.",
    )
    edition.files.create(file_format="epub", size=40_000)
    edition.files.create(file_format="pdf", size=183_000, pages=12)

    response = editor.get(change_url(book))

    words = page_text(response)
    assert "Edition 3 of May 4, 2026." in words
    assert "EPUB, 40 kB; PDF, 12 pages, 183 kB" in words
    assert "The disk is <b>full</b>." in words
    assert "Not built yet." in never_built
    assert not {"edition_line", "build_error"} & response.context["adminform"].form.fields.keys()


def test_change_page_says_when_the_next_edition_is_being_built(editor, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    section = make_section(make_article())
    book = make_ebook(section)
    build.build(book)
    building = "The mail worker is building the next one from the last changes."
    address = f"/admin/articles/ebook/{book.pk}/change/"

    before = page_text(editor.get(address))
    section.body = "<p>Walk slowly.</p>"
    section.save()
    after = page_text(editor.get(address))

    assert building not in before
    assert building in after


def test_section_can_be_in_a_book_only_once(editor):
    section = make_section(make_article())
    book = make_ebook()
    twice = {f"chapters-{n}-section": section.pk for n in (0, 1)}
    twice |= {f"chapters-{n}-position": n for n in (0, 1)} | {"chapters-TOTAL_FORMS": 2}

    response = editor.post(change_url(book), form_fields(editor.get(change_url(book))) | twice)

    assert "This section is in the book already." in page_text(response)
    assert book.chapters.count() == 0


def test_chapter_has_no_button_that_deletes_the_section(editor):
    page = editor.get(change_url(make_ebook(make_section(make_article())))).text

    assert "change-related" in page
    assert "delete-related" not in page


def test_chapter_is_chosen_by_its_page(editor):
    """Sections of different pages may have the same title."""
    neck, hip = make_article(), make_article(title="Hip pain", slug="hip")
    for page in (neck, hip):
        make_section(page, title="What it means")
    chosen = make_section(hip, title="Walk", anchor="walk", position=1)
    book = make_ebook(chosen)

    page = page_text(editor.get(change_url(book)))
    html = editor.get(change_url(book)).text

    # Once in the row of the chapter, and once in the empty row.
    assert page.count("Hip pain → What it means Hip pain → Walk") == 2
    assert page.count("Neck pain → What it means") == 2
    assert '<optgroup label="Hip pain">' in html
    assert f'<option value="{chosen.pk}" selected>Hip pain → Walk</option>' in html


def test_change_page_runs_the_same_number_of_queries(editor):
    article = make_article()
    book = make_ebook()

    def fill(numbers):
        for number in numbers:
            book.chapters.create(section=make_section(article, anchor=f"part-{number}"))

    assert same_queries(editor, change_url(book), fill)


def test_autocomplete_names_the_page_too(editor):
    make_section(make_article(), title="Moist heat")
    query = {"app_label": "articles", "model_name": "ebooksection", "field_name": "section"}

    found = editor.get("/admin/autocomplete/", query | {"term": "heat"}).json()

    assert [result["text"] for result in found["results"]] == ["Neck pain → Moist heat"]


def test_ebooks_are_refused_to_staff_without_the_permission(nobody, desk):
    make_ebook()

    for client in (nobody, desk):
        response = client.get(LIST)
        assert response.status_code == 403
        assert "First days" not in response.text


@pytest.mark.parametrize(("file_format", "start"), [("pdf", b"%PDF-"), ("epub", b"PK")])
def test_preview_shows_the_present_state_of_an_unpublished_book(editor, file_format, start):
    make_practice()
    book = make_ebook(make_section(make_article()), is_published=False)

    assert editor.get(f"/admin/articles/ebook/{book.pk}/preview.exe").status_code == 404
    response = editor.get(f"/admin/articles/ebook/{book.pk}/preview.{file_format}")

    assert b"".join(response).startswith(start)
    response.close()


def test_preview_is_refused_to_staff_who_may_not_see_ebooks(db):
    book = make_ebook()

    response = client_of("desk", "leads.view_ebooksignup").get(
        f"/admin/articles/ebook/{book.pk}/preview.pdf"
    )

    assert response.status_code == 403
    assert not response.streaming
    assert Edition.objects.count() == 0  # nothing was built

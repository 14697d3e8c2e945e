import pytest

from articles.ebooks import build
from articles.models import Ebook, Edition
from tests.admin_pages import form_fields, messages, page_text
from tests.articles.test_upload_validators import zipped
from tests.factories import make_article, make_ebook, make_practice, make_section, set_upload

LIST = "/admin/articles/ebook/"


def change_url(book):
    return f"{LIST}{book.pk}/change/"


def publish(client, book, **changes):
    """Opens the change page, ticks “published” and presses Save."""
    fields = form_fields(client.get(change_url(book)))
    return client.post(change_url(book), fields | {"is_published": "on"} | changes, follow=True)


def make_draft(*sections, **changes):
    make_practice()
    return make_ebook(*sections, is_published=False, **changes)


def test_new_ebook_is_a_draft(editor):
    assert "is_published" not in form_fields(editor.get(LIST + "add/"))
    assert Ebook().is_published is False


def test_whole_book_is_published_with_its_files(editor):
    book = make_draft(make_section(make_article()))

    response = publish(editor, book)

    assert [row.pk for row in Ebook.objects.published()] == [book.pk]
    assert [file.kind for file in Ebook.objects.get().files] == ["EPUB", "PDF"]
    assert "“First days” is published." in messages(response)
    assert book.history.first().history_user.username == "editor"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"description": ""}, "it lacks a line on what it teaches."),
        ({"cover": ""}, "it lacks a cover."),
        ({"description": " ", "cover": ""}, "it lacks a line on what it teaches and a cover."),
        ({"title": ""}, "This field is required."),
        ({"cover": "no-such-cover"}, "no-such-cover is not one of the available choices."),
        ({"cover": "../figures/walk"}, "../figures/walk is not one of the available choices."),
    ],
)
def test_book_with_a_gap_is_not_published(editor, changes, words):
    book = make_draft(make_section(make_article()))

    response = publish(editor, book, **changes)

    assert words in page_text(response)
    assert Ebook.objects.get().is_published is False


def test_book_without_a_chapter_is_not_published(editor):
    book = make_draft()

    response = publish(editor, book, description="")

    assert "To be published, it needs a chapter" in page_text(response)
    assert "it lacks a line on what it teaches." in page_text(response)
    assert Ebook.objects.get().is_published is False


def test_last_chapter_of_a_published_book_cannot_be_removed(editor):
    book = make_ebook(make_section(make_article()))

    response = publish(editor, book, **{"chapters-0-DELETE": "on"})

    assert "To be published, it needs a chapter" in page_text(response)
    assert book.chapters.count() == 1


@pytest.mark.parametrize("how", ["fails", "lacks letters"])
def test_book_whose_files_are_not_good_stays_a_draft(editor, monkeypatch, how):
    body = "<p>字</p>" if how == "lacks letters" else "<p>Rest.</p>"
    book = make_draft(make_section(make_article(), body=body))
    if how == "fails":
        monkeypatch.setattr(build, "render", lambda book, edition: 1 / 0)

    response = publish(editor, book, subtitle="New line")

    said = {"fails": "ZeroDivisionError", "lacks letters": "the PDF has no letters for: 字"}
    assert "is saved as a draft and not published." in messages(response)[-1]
    assert said[how] in messages(response)[-1]
    assert (Ebook.objects.get().is_published, Ebook.objects.get().subtitle) == (False, "New line")


def test_book_with_an_upload_in_every_format_needs_no_chapter(editor):
    book = make_draft()
    set_upload(book, "epub", zipped(mimetype="application/epub+zip").getvalue())
    set_upload(book, "pdf", b"%PDF-1.7")

    publish(editor, book)

    assert [row.pk for row in Ebook.objects.published()] == [book.pk]


def test_upload_that_the_disk_has_lost_is_named(editor):
    book = make_draft()
    for code in ("epub", "pdf"):
        book.uploads.create(file_format=code, file=f"ebooks/gone.{code}")

    words = page_text(publish(editor, book))

    assert words.count("The server has lost this file. Choose it again") == 2
    assert Ebook.objects.get().is_published is False


def test_book_without_files_is_not_shown_and_staff_are_told(client, owner):
    make_practice()
    section = make_section(make_article())
    make_ebook(section)
    make_ebook(title="Empty", slug="empty")
    broken = make_ebook(section, title="Broken", slug="broken")
    Edition.objects.create(ebook=broken, build_error="The disk is full.")

    page = client.get("/ebooks/").text
    gaps = page_text(owner.get("/admin/clinic_site/practice/readiness/"))

    assert "Get the ebook</h2>" in page
    assert "Empty" not in page
    assert "Broken" not in page
    assert "Empty: published, but there is nothing to hand out" in gaps

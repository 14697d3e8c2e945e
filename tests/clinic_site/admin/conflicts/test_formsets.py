"""Two editors have one page open, or a page and one of its sections (promise 31)."""

import re

import pytest

from articles.models import Article, Section
from tests.admin_pages import messages, page_text
from tests.articles.admin.test_pages import new_section
from tests.clinic_site.admin.conflicts.windows import Window, change_url, questions
from tests.clinic_site.admin.sections import bodies
from tests.factories import make_ebook


def test_editors_of_two_sections_keep_both(editor, jo, article):
    window = Window(editor, article)
    Window(jo, article).save(title="Necks", **{"sections-1-body": "<p>15 minutes.</p>"})

    response = window.save(**{"sections-0-body": "<p>Ten minutes.</p>"})

    article.refresh_from_db()
    told = messages(editor.get("/admin/"))
    assert response.status_code == 302
    assert article.title == "Necks"
    assert bodies(article) == {
        "Cold": "<p>Ten minutes.</p>",
        "Heat": "<p>15 minutes.</p>",
        "Walk": "<p>Rest a little.</p>",
    }
    assert "Changed by others while you had this page open, and kept: Title, Heat: Body." in told


def test_editors_of_one_text_are_asked(editor, jo, article):
    window = Window(editor, article)
    Window(jo, article).save(**{"sections-1-body": "<p>Theirs, <strong>bold</strong>.</p>"})

    response = window.save(title="Necks", **{"sections-1-body": "<p>Mine.</p>"})

    assert questions(response) == {"keep-sections-1-body": []}
    assert re.search(r"jo changed it at \d+:\d\d [AP]M", page_text(response))
    assert "<p>Theirs, <strong>bold</strong>.</p>" in response.text
    assert window.fields["title"] == "Necks"
    assert (Article.objects.get().title, bodies(article)["Heat"]) == (
        "Neck pain",
        "<p>Theirs, <strong>bold</strong>.</p>",
    )


@pytest.mark.parametrize(("answer", "kept"), [("mine", "<p>Mine.</p>"), ("theirs", "<p>Jo.</p>")])
def test_answer_decides_which_text_is_kept(editor, jo, article, answer, kept):
    window = Window(editor, article)
    Window(jo, article).save(**{"sections-1-body": "<p>Jo.</p>"})
    window.save(**{"sections-1-body": "<p>Mine.</p>"})

    window.save(**{"keep-sections-1-body": answer})

    assert bodies(article)["Heat"] == kept


def test_section_that_was_edited_alone_is_another_person_s_work(editor, jo, article):
    window = Window(editor, article)
    heat = article.sections.get(title="Heat")
    Window(jo, heat).save(body="<p>Jo.</p>")

    response = window.save(**{"sections-1-body": "<p>Mine.</p>"})

    assert questions(response) == {"keep-sections-1-body": []}
    assert bodies(article)["Heat"] == "<p>Jo.</p>"


def test_page_that_was_edited_is_seen_by_the_section_alone(editor, jo, article):
    window = Window(editor, article.sections.get(title="Heat"))
    Window(jo, article).save(**{"sections-1-body": "<p>Jo.</p>", "sections-1-dos": "Rest"})

    response = window.save(body="<p>Mine.</p>")

    assert questions(response) == {"keep-body": []}
    window.save(**{"keep-body": "mine"})
    heat = article.sections.get(title="Heat")
    assert (heat.body, heat.dos) == ("<p>Mine.</p>", "Rest")


def test_other_rows_keep_their_place_when_one_is_deleted(editor, jo, article):
    window = Window(editor, article)
    Window(jo, article).save(**{"sections-0-DELETE": "on"})

    window.save(**{"sections-2-body": "<p>Mine.</p>"})

    assert bodies(article) == {"Heat": "<p>Rest a little.</p>", "Walk": "<p>Mine.</p>"}


def test_rows_show_beside_what_they_are_when_the_page_comes_back(editor, jo, article):
    window = Window(editor, article)
    Window(jo, article).save(**{"sections-0-DELETE": "on"} | new_section(3, position="15"))

    response = window.save(title="", **{"sections-2-body": "<p>Mine.</p>"})

    (rows,) = [
        each
        for each in response.context["inline_admin_formsets"]
        if each.formset.prefix == "sections"
    ]
    pairs = [(row.original and row.original.title, row.form["title"].value()) for row in rows]
    assert pairs == [("Heat", "Heat"), ("Walk", "Walk"), (None, None)]
    assert "<p>Mine.</p>" in window.fields["sections-1-body"]
    window.save(title="Necks")
    assert bodies(article) == {
        "Sleep": "",
        "Heat": "<p>Rest a little.</p>",
        "Walk": "<p>Mine.</p>",
    }


def deleted_while_changed(editor, jo, article):
    window = Window(editor, article)
    Window(jo, article).save(**{"sections-1-DELETE": "on"})
    response = window.save(**{"sections-1-body": "<p>Mine.</p>"})
    return window, response


def test_section_deleted_while_it_was_changed_is_asked_about(editor, jo, article):
    window, response = deleted_while_changed(editor, jo, article)

    assert questions(response) == {"keep-sections-2": []}
    assert "Heat: deleted and changed" in page_text(response)
    assert re.search(r"jo deleted it at \d+:\d\d [AP]M", page_text(response))
    assert window.fields["sections-2-body"] == "<p>Mine.</p>"
    assert sorted(bodies(article)) == ["Cold", "Walk"]


@pytest.mark.parametrize(
    ("answer", "left"), [("mine", ["Cold", "Heat", "Walk"]), ("theirs", ["Cold", "Walk"])]
)
def test_answer_decides_about_the_deleted_section(editor, jo, article, answer, left):
    window, _ = deleted_while_changed(editor, jo, article)
    lost = re.findall(r'name="(sections-2-lost)" value="(\d+)"', _.text)

    unanswered = window.save(**dict(lost))
    window.save(**dict(lost), **{"keep-sections-2": answer})

    assert questions(unanswered) == {"keep-sections-2": []}
    assert sorted(bodies(article)) == left
    assert bodies(article).get("Heat", "<p>Mine.</p>") == "<p>Mine.</p>"


def changed_while_deleted(editor, jo, article):
    window = Window(editor, article)
    Window(jo, article).save(**{"sections-1-body": "<p>Jo.</p>"})
    response = window.save(**{"sections-1-DELETE": "on"})
    return window, response


@pytest.mark.parametrize(("answer", "left"), [("mine", 2), ("theirs", 3)])
def test_section_that_another_changed_is_not_deleted_unasked(editor, jo, article, answer, left):
    window, response = changed_while_deleted(editor, jo, article)

    assert questions(response) == {"keep-sections-1": []}
    assert "Take theirs: keep it, with Body as changed" in page_text(response)
    assert len(bodies(article)) == 3
    window.save(**{"sections-1-DELETE": "on"})
    assert len(bodies(article)) == 3
    window.save(**{"sections-1-DELETE": "on", "keep-sections-1": answer})
    assert len(bodies(article)) == left


def test_both_delete_one_section(editor, jo, article):
    window = Window(editor, article)
    Window(jo, article).save(**{"sections-1-DELETE": "on"})

    response = window.save(**{"sections-1-DELETE": "on"})

    assert response.status_code == 302
    assert sorted(bodies(article)) == ["Cold", "Walk"]


def test_both_add_and_move_sections(editor, jo, article):
    window = Window(editor, article)
    Window(jo, article).save(**new_section(3, title="Jo", anchor="jo", position="5"))

    window.save(**new_section(3, title="Mine", anchor="mine", position="40"))

    titles = list(article.sections.values_list("title", flat=True))
    assert titles == ["Jo", "Cold", "Heat", "Walk", "Mine"]


def test_untouched_page_writes_nothing_and_keeps_its_date(editor, article):
    before = (article.updated_at, article.history.count(), Section.history.count())

    Window(editor, article).save()

    article.refresh_from_db()
    assert (article.updated_at, article.history.count(), Section.history.count()) == before


def test_page_has_a_new_date_when_only_a_section_changed(editor, article):
    window, before = Window(editor, article), article.updated_at

    window.save(**{"sections-1-body": "<p>Mine.</p>"})

    article.refresh_from_db()
    assert article.updated_at > before
    assert article.history.count() == 1


def test_sources_that_both_chose_are_asked_about_by_their_names(editor, jo, article):
    words = {"publisher": "NHS", "url": "https://example.com/"}
    one, two = (article.sources.create(title=title, **words) for title in ("One", "Two"))
    heat = article.sections.get(title="Heat")
    window = Window(editor, heat)
    Window(jo, heat).save(sources=[one.pk])

    response = window.save(sources=[two.pk])

    assert questions(response) == {"keep-sources": []}
    assert "what is saved now NHS: One" in page_text(response)
    assert list(heat.sources.all()) == [one]


def test_source_that_was_deleted_does_not_stop_the_section(editor, jo, article):
    source = article.sources.create(title="One", publisher="NHS", url="https://example.com/")
    heat = article.sections.get(title="Heat")
    heat.sources.set([source])
    window = Window(editor, heat)
    Window(jo, article).save(**{"sources-0-DELETE": "on"})

    response = window.save(body="<p>Mine.</p>")

    assert response.status_code == 302
    assert bodies(article)["Heat"] == "<p>Mine.</p>"


def test_chapters_that_both_moved_are_asked_about(editor, jo, article):
    cold, heat, _walk = article.sections.all()
    book = make_ebook(cold, heat)
    book.chapters.update(position=10)
    window = Window(editor, book)
    Window(jo, book).save(**{"chapters-0-position": "30"})

    response = window.save(**{"chapters-0-position": "40", "title": "Mine"})

    assert questions(response) == {"keep-chapters-0-position": []}
    assert change_url(book) == window.url
    book.refresh_from_db()
    assert book.title == "First days"


def test_state_of_the_guide_s_form_is_small(owner, starter):
    guide = Article.objects.get(slug="back-spasm-treatment")

    window = Window(owner, guide)

    assert len(window.fields["_opened"]) < 6_000
    assert window.fields["sections-TOTAL_FORMS"] == "19"

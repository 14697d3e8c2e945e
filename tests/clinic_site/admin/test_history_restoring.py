"""Two people restore a section from its history, or one restores and one changes it."""

import pytest
from django.urls import reverse

from articles.models import Section
from tests.admin_pages import page_text
from tests.clinic_site.admin.conflicts.windows import Window, questions
from tests.clinic_site.admin.sections import bodies


def restore_window(client, section, version):
    name = "admin:articles_section_simple_history"
    return Window(client, section, reverse(name, args=[section.pk, version.pk]))


def test_restoring_keeps_what_was_changed_since_it_was_opened(editor, jo, article):
    heat = article.sections.get(title="Heat")
    first = heat.history.get()
    Window(editor, heat).save(body="<p>Second.</p>")
    window = restore_window(editor, heat, first)
    Window(jo, heat).save(dos="Rest")

    response = window.save()

    heat.refresh_from_db()
    assert response.status_code == 302
    assert (heat.body, heat.dos) == ("<p>Rest a little.</p>", "Rest")


@pytest.mark.parametrize(
    ("answer", "kept"), [("mine", "<p>Rest a little.</p>"), ("theirs", "<p>Third.</p>")]
)
def test_restoring_over_something_newer_asks(editor, jo, article, answer, kept):
    heat = article.sections.get(title="Heat")
    first = heat.history.get()
    Window(editor, heat).save(body="<p>Second.</p>")
    window = restore_window(editor, heat, first)
    Window(jo, heat).save(body="<p>Third.</p>")

    response = window.save()

    assert questions(response) == {"keep-body": []}
    assert bodies(article)["Heat"] == "<p>Third.</p>"
    window.save(**{"keep-body": answer})
    assert bodies(article)["Heat"] == kept


def test_restored_by_both_after_deletion_is_asked_about(editor, jo, article):
    heat = article.sections.get(title="Heat")
    first, key = heat.history.get(), heat.pk
    heat.delete()
    heat.pk = key
    window = restore_window(editor, heat, first)
    restore_window(jo, heat, first).save(body="<p>Jo.</p>")

    response = window.save()

    assert questions(response) == {"keep-body": []}
    assert bodies(article)["Heat"] == "<p>Jo.</p>"


def test_restoring_what_was_deleted_meanwhile_says_so_first(editor, jo, article):
    heat = article.sections.get(title="Heat")
    first, key = heat.history.get(), heat.pk
    window = restore_window(editor, heat, first)
    Window(jo, article).save(**{"sections-1-DELETE": "on"})

    response = window.save()

    assert response.status_code == 410
    assert "jo deleted it at" in page_text(response)
    assert f'href="{reverse("admin:articles_section_history", args=[key])}"' in response.text
    assert not Section.objects.filter(pk=key).exists()

"""A record is deleted or closed while a person has its page open."""

import re

from django.urls import reverse

from leads.models import ConsultationRequest, NewsMessage
from tests.admin_pages import page_text
from tests.clinic_site.admin.conflicts.windows import Window, change_url
from tests.factories import (
    make_article,
    make_request,
)


def test_record_that_was_deleted_meanwhile_shows_what_was_typed(desk, owner):
    request = make_request()
    window = Window(desk, request)
    owner.post(change_url(request).replace("/change/", "/delete/"), {"post": "yes"})

    response = window.save(notes="Likes <b>mornings</b>")

    assert response.status_code == 410
    assert re.search(r"owner deleted it at \d+:\d\d [AP]M\. What you typed is", page_text(response))
    assert "Notes Likes <b>mornings</b>" in page_text(response)
    assert "<b>mornings" not in response.text
    assert ConsultationRequest.objects.count() == 0


def test_deleted_page_can_be_brought_back_from_its_history(owner):
    article = make_article()
    window = Window(owner, article)
    history = reverse("admin:articles_article_history", args=[article.pk])
    article.delete()

    response = window.save(title="Necks")

    assert response.status_code == 410
    assert f'href="{history}"' in response.text
    assert "Title Necks" in page_text(response)
    assert owner.get(history).status_code == 200


def test_record_that_was_closed_meanwhile_shows_what_was_typed(owner):
    message = NewsMessage.objects.create(subject="Spring", body="<p>Walk.</p>")
    window = Window(owner, message)
    NewsMessage.objects.update(state="sent")

    response = window.save(subject="Summer")

    assert response.status_code == 410
    assert "It has been sent, so its words can no longer be changed." in page_text(response)
    assert "Subject Summer" in page_text(response)
    assert NewsMessage.objects.get().subject == "Spring"


def test_without_the_right_to_change_nothing_is_told_of_a_record(nobody):
    request = make_request()

    answer = nobody.post(change_url(request), {"_opened": "x", "status": "closed"})

    request.refresh_from_db()
    assert answer.status_code == 403
    assert request.name not in answer.text

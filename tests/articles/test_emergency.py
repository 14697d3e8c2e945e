"""Patients find the emergency list before and after a request, whatever editors do to guides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Section
from tests.factories import make_article, make_practice, make_section

PAGES = ["/consultation/", "/consultation/thanks/"]
SIGNS = "<ul><li>Chest pain</li></ul>"


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


@pytest.fixture
def card(db):
    guide = make_article(title="Guide", slug="guide", position=5)
    return make_section(guide, kind="emergency", anchor="emergency", title="Signs", body=SIGNS)


def pages_with_the_list(client):
    return [SIGNS in client.get(path).text for path in PAGES]


def test_thanks_page_shows_the_list_and_the_form_links_to_it(client, card):
    form = client.get("/consultation/").text

    assert '<a href="/guides/guide/#emergency">See which signs are an emergency</a>' in form
    assert pages_with_the_list(client) == [False, True]


def test_list_is_found_although_an_earlier_guide_has_none(client, card):
    make_section(make_article(position=0))

    form = client.get("/consultation/").text

    assert '<a href="/guides/guide/#emergency">' in form
    assert pages_with_the_list(client) == [False, True]


@pytest.mark.parametrize("later", [None, "a year"])
def test_list_of_a_guide_that_was_taken_down_is_still_shown(client, card, later):
    moment = timezone.now() + timedelta(days=365) if later else None
    Article.objects.update(published_at=moment)

    assert pages_with_the_list(client) == [True, True]
    assert '<a href="#emergency">See which signs' in client.get("/consultation/").text


@pytest.mark.parametrize("what", ["section", "guide", "words"])
def test_list_that_was_deleted_or_emptied_is_still_shown(client, card, what):
    if what == "guide":
        card.article.delete()
    elif what == "section":
        card.delete()
    else:
        card.body = ""
        card.save()

    assert pages_with_the_list(client) == [True, True]


def test_list_is_found_although_an_editor_changed_the_kind_of_its_section(client, card):
    card.kind = "text"
    card.save()

    assert '<a href="/guides/guide/#emergency">' in client.get("/consultation/").text
    assert pages_with_the_list(client) == [False, True]


def test_list_of_a_published_guide_is_preferred_to_that_of_a_draft(client, card):
    draft = make_article(title="Draft", slug="draft", published_at=None)
    make_section(draft, kind="emergency", title="Not yet", body="<p>Unchecked.</p>")

    assert "Unchecked" not in client.get("/consultation/thanks/").text
    assert pages_with_the_list(client) == [False, True]


def test_list_that_readers_have_seen_is_preferred_to_that_of_a_draft(client, card):
    Article.objects.update(published_at=None)
    draft = make_article(title="Draft", slug="draft", published_at=None)
    make_section(draft, kind="emergency", title="Not yet", body="<p>Unchecked.</p>")

    assert pages_with_the_list(client) == [True, True]
    assert "Unchecked" not in client.get("/consultation/").text


def test_list_of_a_draft_is_shown_when_there_is_no_other(client, card):
    Article.objects.all().delete()
    Section.history.all().delete()
    draft = make_article(title="Draft", slug="draft", published_at=None)
    make_section(draft, kind="emergency", title="Signs", body=SIGNS)

    assert pages_with_the_list(client) == [True, True]

"""The history page of a record lists its versions, and shows no more than a person may see."""

import pytest
from django.contrib import admin
from django.urls import reverse

from clinic_site.models import Practice
from leads.models import NewsMessage
from tests.admin_pages import page_text
from tests.factories import (
    make_article,
    make_bounce,
    make_mail,
    make_practice,
    make_request,
    make_signup,
    make_testimonial,
)

LEADS = [make_request, make_signup]
OTHERS = [
    make_bounce,
    make_mail,
    lambda: NewsMessage.objects.create(subject="Spring", body="<p>Walk.</p>"),
]


def history(client, row):
    name = f"admin:{row._meta.label_lower.replace('.', '_')}_history"
    return client.get(reverse(name, args=[row.pk]))


@pytest.mark.parametrize("make", LEADS)
def test_untouched_lead_says_when_it_came(owner, make):
    words = page_text(history(owner, make()))

    assert "It came in from the site on" in words
    assert "No change by the staff is recorded." in words


@pytest.mark.parametrize("make", OTHERS)
def test_untouched_record_says_that_no_change_is_recorded(owner, make):
    words = page_text(history(owner, make()))

    assert "No change by the staff is recorded." in words
    assert "It came in" not in words


def test_no_history_guesses_how_a_record_came(owner):
    rows = [make() for make in [*LEADS, *OTHERS, make_testimonial]]
    make_practice()
    rows.append(Practice.objects.get())

    pages = [page_text(history(owner, row)) for row in rows]

    assert {type(row) for row in rows} <= set(admin.site._registry)
    assert ["probably" in page or "this object" in page.lower() for page in pages] == [False] * 7


def test_version_without_a_login_does_not_say_who_it_was(owner):
    article = make_article()

    assert "The site, or a former login" in page_text(history(owner, article))

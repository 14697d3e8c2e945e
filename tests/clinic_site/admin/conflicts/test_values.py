"""Values that differ only in how they are written, such as line ends, count as the same value."""

from datetime import UTC, date, datetime

import pytest
from django.forms import modelform_factory

from articles.models import Article, Section
from clinic_site.admin.conflicts import values
from clinic_site.models import Practice


def digests(model, name, *written):
    form = modelform_factory(model, fields=[name])()
    return {values.digest(form, name, value) for value in written}


REFUSED = '<p>See <a href="nowhere">this</a></p>'


@pytest.mark.parametrize(
    ("model", "name", "one", "other"),
    [
        (
            Section,
            "body",
            "<p>One</p><ul><li>Two</li></ul>",
            "<p>One</p>\r\n<ul> <li>Two</li></ul>",
        ),
        (Section, "body", f"{REFUSED} a\nb", f"{REFUSED} a\r\nb\r\n"),
        (Section, "dos", "Rest\nWalk", "Rest \r\nWalk\r\n"),
        (Section, "title", "Cold", " Cold "),
        (Practice, "phone", "+12485550123", "248.555.0123"),
        (Article, "position", 7, "7"),
        (Article, "reviewed_on", date(2026, 3, 1), "2026-03-01"),
        (Article, "reviewed_on", None, ""),
    ],
)
def test_values_that_mean_the_same_are_the_same(model, name, one, other):
    assert len(digests(model, name, one, other)) == 1


@pytest.mark.parametrize(
    ("model", "name", "one", "other"),
    [
        (Section, "body", "<p>One two</p>", "<p>One <strong>two</strong></p>"),
        (Section, "body", "<p>One</p><p>two</p>", "<p>One two</p>"),
        (Section, "body", "<p>15 minutes</p>", "<p>99 minutes</p>"),
        (Section, "dos", "Rest\nWalk", "Rest Walk"),
        (Section, "dos", "Rest", ""),
        (Practice, "phone", "+12485550123", "none"),
        (Article, "position", 7, "seven"),
        (Article, "published_at", datetime(2026, 3, 1, tzinfo=UTC), None),
    ],
)
def test_values_that_differ_are_told_apart(model, name, one, other):
    assert len(digests(model, name, one, other)) == 2

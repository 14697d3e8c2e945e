"""Saving an admin form without a change writes nothing, although browsers send CRLF line ends."""

import pytest

from articles.models import Article, Section
from clinic_site.models import Practice
from leads.models import Testimonial
from tests.admin_pages import form_fields
from tests.factories import make_practice, make_request, make_testimonial


def save_as_a_browser(client, url, **changes):
    """Sends the form back with CRLF line ends, as the HTML standard asks of browsers."""
    fields = form_fields(client.get(url))
    sent = {name: with_crlf(value) for name, value in (fields | changes).items()}
    response = client.post(url, sent)
    assert response.status_code == 302, response.context["errors"]


def with_crlf(value):
    return value.replace("\n", "\r\n") if isinstance(value, str) else value


def stored_sections(article):
    return [
        (section.updated_at, section.history.count(), section.body, section.dos, section.callout)
        for section in article.sections.all()
    ]


def test_guide_saved_without_a_change_writes_no_section(owner, starter):
    guide = Article.objects.get(slug="back-spasm-treatment")
    before = stored_sections(guide)

    save_as_a_browser(owner, f"/admin/articles/article/{guide.pk}/change/")

    assert len(before) == 19
    assert stored_sections(guide) == before


def test_history_shows_only_the_field_that_was_changed(owner, starter):
    section = Section.objects.exclude(dos="").exclude(callout="").first()

    url = f"/admin/articles/section/{section.pk}/change/"
    save_as_a_browser(owner, url, dose_until="until noon", sources=keys_of_sources(section))

    new, old = section.history.all()[:2]
    assert [change.field for change in new.diff_against(old).changes] == ["dose_until"]


def keys_of_sources(section):
    return [str(pk) for pk in section.sources.values_list("pk", flat=True)]


@pytest.mark.parametrize("field", ["opening_hours", "licences", "clinicians", "prices"])
def test_practice_keeps_its_line_ends(owner, db, field):
    make_practice(**{field: "One\nTwo"})

    save_as_a_browser(owner, "/admin/clinic_site/practice/", region="Michigan")

    assert getattr(Practice.objects.get(), field) == "One\nTwo"


def test_testimonial_keeps_its_line_ends(owner, db):
    testimonial = make_testimonial(quote="I walk.\n\nI sleep.")

    url = f"/admin/leads/testimonial/{testimonial.pk}/change/"
    save_as_a_browser(owner, url, position="3")

    assert Testimonial.objects.get().quote == "I walk.\n\nI sleep."


def test_notes_keep_their_line_ends(owner, db):
    request = make_request(notes="Called.\nNo answer.")

    save_as_a_browser(owner, f"/admin/leads/consultationrequest/{request.pk}/change/")

    request.refresh_from_db()
    assert request.notes == "Called.\nNo answer."


def test_doses_and_items_are_stored_as_they_are_seen(owner, starter):
    section = Section.objects.exclude(dos="").first()
    pasted = {"dose_how_long": "12\u200b to\t15\xa0minutes", "dos": "•\tRest\r\n•\tWalk\x0bsoon"}

    url = f"/admin/articles/section/{section.pk}/change/"
    save_as_a_browser(owner, url, **pasted, sources=keys_of_sources(section))

    section.refresh_from_db()
    assert (section.dose_how_long, section.do_list) == (
        "12 to 15\xa0minutes",
        ["Rest", "Walk", "soon"],
    )

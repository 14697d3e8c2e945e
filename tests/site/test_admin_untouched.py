"""A form that nobody changed writes nothing, whatever line ends the browser sends."""

import pytest

from articles.models import Article, Section
from clinic_site.models import Practice
from leads.models import Testimonial
from tests.admin_pages import form_fields
from tests.factories import make_practice, make_request, make_testimonial


def save_as_a_browser(client, url, **changes):
    """Textareas come back with CRLF, as HTML has it."""
    fields = form_fields(client.get(url))
    sent = {name: as_sent(value) for name, value in (fields | changes).items()}
    response = client.post(url, sent)
    assert response.status_code == 302, response.context["errors"]


def as_sent(value):
    return value.replace("\n", "\r\n") if isinstance(value, str) else value


def written(article):
    return [
        (section.updated_at, section.history.count(), section.body, section.dos, section.callout)
        for section in article.sections.all()
    ]


def test_guide_that_is_saved_untouched_writes_no_section(owner, starter):
    guide = Article.objects.get(slug="back-spasm-treatment")
    before = written(guide)

    save_as_a_browser(owner, f"/admin/articles/article/{guide.pk}/change/")

    assert len(before) == 19
    assert written(guide) == before


def test_change_of_one_field_is_the_only_one_in_the_history(owner, starter):
    section = Section.objects.exclude(dos="").exclude(callout="").first()

    url = f"/admin/articles/section/{section.pk}/change/"
    save_as_a_browser(owner, url, dose_until="until noon", sources=list_of(section))

    new, old = section.history.all()[:2]
    assert [change.field for change in new.diff_against(old).changes] == ["dose_until"]


def list_of(section):
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
    save_as_a_browser(owner, url, **pasted, sources=list_of(section))

    section.refresh_from_db()
    assert (section.dose_how_long, section.do_list) == (
        "12 to 15\xa0minutes",
        ["Rest", "Walk", "soon"],
    )

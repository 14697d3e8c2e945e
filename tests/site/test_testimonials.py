import re
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from leads.models import Testimonial
from tests.factories import make_testimonial

pytestmark = pytest.mark.django_db


def test_testimonials_page_shows_only_published_and_authorized_ones(client, db):
    make_testimonial()
    make_testimonial(name="Cy", quote="Taken back.", authorization="revoked")
    make_testimonial(name="Di", quote="Not yet.", is_published=False)

    page = client.get("/testimonials/").text

    shown = re.findall(r"<blockquote><p>(.*?)</p></blockquote><figcaption>(.*?)</figcaption>", page)
    assert shown == [("I walk again.", "Bo")]
    assert page.count("<blockquote") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"authorization": "unknown"},
        {"authorization": "revoked"},
        {"authorization": "revoked", "is_supplied": True},
        {"name": ""},
    ],
)
def test_testimonial_is_public_only_with_a_name_and_an_authorization(changes):
    row = make_testimonial(**changes)
    Testimonial.objects.update(is_published=True)

    assert list(Testimonial.objects.published()) == []
    assert row.is_published is (changes == {"name": ""})


@pytest.mark.parametrize("update_fields", [None, ["quote"]])
def test_changed_words_are_unpublished_by_every_way_to_save(update_fields):
    row = make_testimonial()

    row.quote = "I run."
    row.save(update_fields=update_fields)

    row.refresh_from_db()
    assert (row.quote, row.authorization, row.is_published) == ("I run.", "unknown", False)


def test_testimonial_with_an_accent_encoded_differently_stays_published(db):
    row = make_testimonial(name="Jos\u00e9")

    row.name = "Jose\u0301"
    row.save()

    assert list(Testimonial.objects.published()) == [row]


def test_starter_testimonials_are_published_because_the_practice_supplied_them(starter, client):
    shown = client.get("/testimonials/").text.count("<blockquote")

    assert shown == 5
    assert {*Testimonial.objects.values_list("authorization", "is_supplied")} == {("unknown", True)}


def test_migration_keeps_unchanged_testimonials_public(starter):
    reworded = Testimonial.objects.get(name="Rocio M.")
    own = make_testimonial(name="Own")
    Testimonial.objects.update(is_supplied=False, is_published=True, authorization="unknown")
    reworded.history.create(id=reworded.pk, name="Rocio M.", quote="Other.", history_type="~",
                            history_date=timezone.now())  # fmt: skip

    migration = import_module("leads.migrations.0005_testimonial_supplied")
    migration.mark_supplied(apps, None)

    left = {*Testimonial.objects.exclude(is_supplied=True).values_list("name", flat=True)}
    assert left == {"Rocio M.", own.name}
    assert Testimonial.objects.published().count() == 4

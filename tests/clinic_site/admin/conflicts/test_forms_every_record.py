"""Two people have the form of each kind of record open."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User

from clinic_site.admin.conflicts.admin import GuardedAdmin
from clinic_site.models import Practice
from leads.models import NewsMessage, Testimonial
from tests.admin_pages import page_text
from tests.clinic_site.admin.conflicts.windows import Window, questions
from tests.factories import (
    make_article,
    make_ebook,
    make_practice,
    make_section,
    make_signup,
    make_testimonial,
)

RECORDS = {
    "practice": (make_practice, {"name": "Mine"}, {"region": "Theirs"}),
    "testimonial": (make_testimonial, {"quote": "Mine."}, {"position": 7}),
    "signup": (make_signup, {"notes": "Mine"}, {"status": "patient"}),
    "article": (make_article, {"title": "Mine"}, {"lede": "Theirs"}),
    "section": (lambda: make_section(make_article()), {"title": "Mine"}, {"dos": "Theirs"}),
    "ebook": (lambda: make_ebook(is_published=False), {"title": "Mine"}, {"subtitle": "Theirs"}),
    "news": (
        lambda: NewsMessage.objects.create(subject="Old", body="<p>Old.</p>"),
        {"subject": "Mine"},
        {"body": "<p>Theirs.</p>"},
    ),
    "user": (
        lambda: User.objects.create_user("ann", first_name="Old"),
        {"last_name": "Mine"},
        {"first_name": "Theirs"},
    ),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_untouched_field_keeps_what_the_database_has(owner, kind):
    make, mine, theirs = RECORDS[kind]
    row = make() or Practice.objects.get()
    window = Window(owner, row)
    type(row).objects.filter(pk=row.pk).update(**theirs)

    response = window.save(**mine)

    assert response.status_code == 302
    assert type(row).objects.filter(pk=row.pk, **mine | theirs).count() == 1


@pytest.mark.parametrize("kind", RECORDS)
def test_field_that_both_changed_is_asked_about_on_every_form(owner, kind):
    make, mine, _theirs = RECORDS[kind]
    row = make() or Practice.objects.get()
    window = Window(owner, row)
    saved = dict.fromkeys(mine, "Saved")
    type(row).objects.filter(pk=row.pk).update(**saved)

    response = window.save(**mine)

    assert list(questions(response)) == [f"keep-{name}" for name in mine]
    assert type(row).objects.filter(pk=row.pk, **saved).count() == 1


@pytest.mark.parametrize("kind", RECORDS)
def test_saving_an_untouched_form_writes_nothing(owner, kind):
    row = RECORDS[kind][0]() or Practice.objects.get()
    before = type(row).objects.filter(pk=row.pk).values().get()
    versions = getattr(row, "history", LogEntry.objects)
    count = versions.count()

    response = Window(owner, row).save()

    assert response.status_code == 302
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert (versions.count(), LogEntry.objects.count()) == (count, 0)


def test_every_form_of_the_admin_is_guarded():
    unguarded = [
        model.__name__
        for model, model_admin in admin.site._registry.items()
        if not isinstance(model_admin, GuardedAdmin)
    ]

    assert unguarded == []


def test_rights_that_both_gave_are_asked_about_by_their_names(owner):
    group = Group.objects.create(name="New")
    look, change = Permission.objects.filter(codename__in=("view_article", "change_article"))
    window = Window(owner, group)
    group.permissions.set([look])

    response = window.save(permissions=[change.pk])

    assert questions(response) == {"keep-permissions": []}
    assert str(look) in page_text(response)
    assert list(group.permissions.all()) == [look]


def test_phone_that_is_typed_in_another_way_is_no_change(owner):
    make_practice()
    window = Window(owner, Practice.objects.get())

    window.save(phone="248.555.0123")

    assert Practice.history.count() == 1


@pytest.mark.parametrize("mine", [{"authorization": "on_file"}, {"quote": "Mine.", "name": "Al"}])
def test_words_and_their_authorization_are_seen_together(owner, mine):
    testimonial = make_testimonial(is_published=False, authorization="unknown")
    window = Window(owner, testimonial)
    theirs = {"name": "Theirs"} if "authorization" in mine else {"authorization": "revoked"}
    Testimonial.objects.update(**theirs)

    response = window.save(**mine)

    assert list(questions(response)) == [f"keep-{name}" for name in theirs]
    assert Testimonial.objects.filter(**theirs).exclude(**mine).exists()
    assert window.save(**{f"keep-{name}": "theirs" for name in theirs}).status_code == 302
    assert Testimonial.objects.filter(**theirs | mine).exists()


def test_position_of_a_testimonial_is_apart_from_its_words(owner):
    testimonial = make_testimonial(is_published=False)
    window = Window(owner, testimonial)
    Testimonial.objects.update(quote="Theirs.")

    assert window.save(position=7).status_code == 302
    assert Testimonial.objects.filter(quote="Theirs.", position=7).exists()

"""Which lookups in the address of a list the admin answers."""

import pytest
from django.contrib import admin
from django.db import OperationalError, connections

from clinic_site.admin.lookups import PlainLookups
from tests.admin_pages import page_text, was_answered
from tests.factories import make_article, make_mail, make_request, make_testimonial


def assert_not_read(response):
    assert response.status_code == 400
    assert "We could not read that request" in page_text(response)
    assert "ann@example.com" not in response.text


def test_every_list_answers_to_its_own_filters_only():
    loose = [
        model.__name__
        for model, model_admin in admin.site._registry.items()
        if not isinstance(model_admin, PlainLookups) and model.__name__ != "Practice"
    ]

    assert loose == []


@pytest.mark.parametrize(
    "lookup",
    [
        "text__regex=/my-data/A",
        "text__startswith=H",
        "text=Here.",
        "id__in=99999999999999999999999",
        "id__range=1",
        "queued_at__year=0",
        "headers__contains=x",
        "subject__regex=(",
        "news__subject__regex=x",
        "state__regex=^(a%2B)%2Bb$",
    ],
)
def test_list_tells_nothing_by_other_lookups(owner, lookup):
    make_mail()

    assert_not_read(owner.get(f"/admin/leads/outgoingmail/?{lookup}"))


@pytest.mark.parametrize("lookup", ["key__startswith=a", "token_set__token__startswith=a"])
def test_list_tells_no_secret_of_a_second_factor(owner, lookup):
    kind = "totpdevice" if "key" in lookup else "staticdevice"
    app = "otp_totp" if "key" in lookup else "otp_static"

    assert_not_read(owner.get(f"/admin/{app}/{kind}/?{lookup}"))


@pytest.mark.parametrize(
    "path",
    [
        "leads/outgoingmail/?state__exact=sent",
        "leads/outgoingmail/?queued_at__gte=2026-01-01 00:00:00%2B00:00",
        "leads/testimonial/?is_published__exact=1",
        "leads/consultationrequest/?held_back=yes&best_time__exact=any",
        "articles/section/?article__id__exact=1",
        "auth/user/?is_staff__exact=1",
        "otp_totp/totpdevice/?confirmed__exact=1",
    ],
)
def test_list_still_answers_to_its_filters(owner, path):
    make_mail(), make_request()

    assert owner.get(f"/admin/{path}").context["cl"].get_filters_params()


@pytest.mark.parametrize(
    "path",
    [
        "leads/ebooksignup/?q=%00",
        "leads/ebooksignup/?p=99999999999999999999999",
        "leads/ebooksignup/?o=99.-99",
        "leads/ebooksignup/?received_at__gte=9999-99-99",
        "leads/ebooksignup/abc/change/",
        "leads/ebooksignup/%00/change/",
        "leads/testimonial/abc/history/",
        "leads/testimonial/1/history/%00/",
        "leads/testimonial/1/history/abc/",
        "leads/testimonial/99999999999999999999999/history/",
        "articles/article/add/?published_at=%00",
        "articles/article/abc/history/",
        "autocomplete/?term=%00&app_label=articles&model_name=ebook&field_name=x",
        "second-factor/check/?next=%00",
    ],
)
def test_address_that_means_nothing_is_no_crash(owner, path):
    make_testimonial(), make_article()

    assert was_answered(owner.get(f"/admin/{path}"))


def test_admin_with_a_database_in_trouble_says_try_again(owner, monkeypatch):
    """Middleware reads the session before any view, and Django calls no process_exception there."""

    def locked(*arguments, **options):
        raise OperationalError("database is locked")

    owner.raise_request_exception = False
    monkeypatch.setattr(connections["default"], "cursor", locked)

    response = owner.get("/admin/")
    monkeypatch.undo()

    assert (response.status_code, response["Retry-After"]) == (503, "30")

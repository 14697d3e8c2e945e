"""The admin answers any input without a crash, and every filter and column link opens."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.privacy import audit
from tests.admin_pages import messages, page_text, was_answered
from tests.factories import (
    make_article,
    make_bounce,
    make_ebook,
    make_mail,
    make_practice,
    make_request,
    make_section,
    make_signup,
    make_testimonial,
)
from tests.leads.news_factories import make_message

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
EACH = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
FEW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ODD = st.sampled_from(["abc", "0", "-1", "", " 1", "1_0", "٣", "\0", "9" * 25, "1e3", "None", "1'"])
ANYTHING = ODD | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.fixture
def rows(owner):
    """One row of each model, so that each list has something to choose and to filter."""
    make_practice()
    # The devices belong to a colleague: with a device, the owner would be asked for a code.
    user = User.objects.create_user("colleague")
    section = make_section(make_article())
    section.article.sources.create(title="T", publisher="P", url="https://example.com/")
    make_ebook(section)
    make_signup(), make_request(), make_testimonial(), make_mail(), make_bounce(), make_message()
    audit.record(user, audit.VIEWED, section)
    Group.objects.create(name="Night desk")
    TOTPDevice.objects.create(user=user, name="phone")
    StaticDevice.objects.create(user=user, name="codes")


def list_of(model) -> str:
    name = model._meta.label_lower.replace(".", "_")
    try:
        return reverse(f"admin:{name}_changelist")
    except NoReverseMatch:
        return reverse(f"admin:{name}_change")


@EACH
def test_every_filter_and_column_of_a_list_opens(owner, rows, model):
    url = list_of(model)

    links = {unescape(href) for href in re.findall(r'href="(\?[^"]*)"', owner.get(url).text)}
    answers = {link: owner.get(url + link).status_code for link in links}

    assert {link: status for link, status in answers.items() if status != 200} == {}
    assert len(links) > 0 or model._meta.label == "clinic_site.Practice"


def test_filter_of_the_access_log_finds_records(owner, rows):
    page = owner.get("/admin/leads/accessrecord/", {"what": audit.VIEWED})

    assert page.status_code == 200
    assert page.context["cl"].result_count == 1


@pytest.mark.parametrize("asked", [{"e": "1", "": "x"}, {"e": "1", "received_at__gte": "x"}])
def test_unknown_filter_is_answered_with_a_message(owner, rows, asked):
    page = owner.get("/admin/leads/ebooksignup/", asked)

    assert "This list knows no such filter" in page_text(page)
    assert "database" not in page_text(page).lower()


@pytest.mark.parametrize("key", ["abc", "\0", "9" * 25, "", "1 OR 1=1"])
def test_action_on_an_unknown_row_is_answered_with_a_message(owner, rows, key):
    data = {"action": "revoke", "_selected_action": [key, "1"]}

    response = owner.post("/admin/leads/testimonial/", data, follow=True)

    assert messages(response) == [
        "Nothing was done: a chosen row was not recognized. Choose the rows again."
    ]


@pytest.mark.parametrize("path", ["auth/user/{}/change/", "auth/group/{}/change/"])
def test_choice_too_large_for_its_column_is_refused(owner, rows, path):
    model = User if "user" in path else Group
    names = {User: "groups", Group: "permissions"}

    response = owner.post(
        "/admin/" + path.format(model.objects.first().pk), {"name": "x", names[model]: "9" * 25}
    )

    # SQLite's driver refuses a number of this size. PostgreSQL finds no row with it, so the form
    # refuses it.
    is_sqlite = connection.vendor == "sqlite"
    said = "We could not read that request" if is_sqlite else "Select a valid choice."
    assert response.status_code == (400 if is_sqlite else 200)
    assert said in page_text(response)


@EACH
@FEW
@given(data=st.data())
def test_list_answers_any_post(owner, rows, model, data):
    actions = ["delete_selected", "publish", "take_down", "revoke", "resend", "release", "mark_new"]
    sent = {
        "_selected_action": data.draw(st.lists(ANYTHING, max_size=3)),
        "action": data.draw(st.sampled_from(actions) | ANYTHING),
        "index": data.draw(ANYTHING),
        "select_across": data.draw(ANYTHING),
        "post": data.draw(ANYTHING),
    }

    assert was_answered(owner.post(list_of(model), sent))


@EACH
@FEW
@given(data=st.data())
def test_list_answers_any_query_string(owner, rows, model, data):
    names = ["q", "o", "p", "e", "all", "_to_field", "_popup", "_facets", "what", "state"]
    names += ["held_back", "status__exact", "received_at__gte", "is_published__exact"]
    asked = data.draw(st.dictionaries(st.sampled_from(names) | ANYTHING, ANYTHING, max_size=3))

    assert was_answered(owner.get(list_of(model), asked))


@EACH
@FEW
@given(key=ANYTHING, version=ANYTHING)
def test_address_with_any_key_is_answered(owner, rows, model, key, version):
    base = list_of(model)

    for path in ("change/", "delete/", "history/", f"history/{version}/", "person/", "send/", ""):
        url = f"{base}{key}/{path}".replace("\0", "%00").replace("?", "%3F").replace("#", "%23")
        assert was_answered(owner.get(url)), url
        assert was_answered(owner.post(url, {"post": "yes"})), url


@EACH
@FEW
@given(data=st.data())
def test_form_answers_any_post(owner, rows, model, data):
    first = model._default_manager.first()
    form = owner.get(f"{list_of(model)}{first.pk}/change/", follow=True)
    names = re.findall(r' name="([\w-]+)"', form.text) if form.status_code == 200 else ["x"]
    sent = data.draw(st.dictionaries(st.sampled_from(names), ANYTHING, max_size=8))

    for path in (f"{first.pk}/change/", "add/"):
        assert was_answered(owner.post(list_of(model) + path, sent))

import time

import pytest
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.test import Client

from clinic_site.models import Practice
from clinic_site.web import errors
from leads import capture
from tests.factories import make_practice

FORM = {"name": "Ann", "phone": "2485550123", "best_time": "any"}


@pytest.mark.parametrize("status", sorted(errors.PAGES))
def test_error_pages_touch_no_database_and_name_the_phone(db, django_assert_num_queries, status):
    make_practice()
    Practice.load()

    with django_assert_num_queries(0):
        response = errors.page(status)

    assert response.status_code == status
    assert "(248) 555-0123" in response.text
    assert 'class="way way--now" href="/guides/"' in response.text
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", sorted(errors.STAFF_PAGES))
def test_error_pages_for_staff_touch_no_database(db, django_assert_num_queries, status):
    with django_assert_num_queries(0):
        response = errors.page(status, is_for_staff=True)

    assert response.status_code == status
    assert response.text.count('class="button" href="/admin/') == 1
    assert "Where to go next" not in response.text


def test_error_pages_work_before_anything_was_read(monkeypatch):
    monkeypatch.setattr(Practice, "_remembered", None)

    response = errors.page(503, retry_after=30)

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "tel:" not in response.text


def test_not_found_is_our_own_page(client, db):
    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "We could not find that page" in response.text


def test_a_crash_is_our_own_page_and_shows_nothing(client, db, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError("secret words")

    monkeypatch.setattr(capture, "store_request", crash)
    client.raise_request_exception = False

    response = client.post("/consultation/", FORM)

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "secret words" not in response.text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (OperationalError, "database is locked"),
        (OperationalError, "database or disk is full"),
        (OperationalError, "attempt to write a readonly database"),
        (InternalError, "cannot execute INSERT in a read-only transaction"),
        (InterfaceError, "connection already closed"),
    ],
)
def test_storage_trouble_is_a_503_that_keeps_nothing_back(client, db, monkeypatch, kind, words):
    def trouble(*args, **kwargs):
        raise kind(words)

    make_practice()
    monkeypatch.setattr(capture, "store_request", trouble)

    response = client.post("/consultation/", FORM)

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "(248) 555-0123" in response.text
    assert connection.close_at <= time.monotonic()  # so the connection is closed after the request
    monkeypatch.undo()
    assert client.post("/consultation/", FORM).status_code == 303


def test_admin_refuses_a_forged_post_with_our_page(db):
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a"})

    assert response.status_code == 403
    assert "We could not take that form" in response.text
    assert "Go back and copy what you typed, reload the page, and send it again." in response.text


def test_admin_page_beyond_ones_rights_says_so(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("desk", is_staff=True))

    response = client.get("/admin/auth/user/")

    assert response.status_code == 403
    assert "<h1>Your login does not open this page</h1>" in response.text
    assert 'href="/admin/">Back to Today</a>' in response.text
    assert "We could not take that form" not in response.text

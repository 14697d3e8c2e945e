import runpy
import time
from contextlib import closing

import pytest
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.db.utils import ConnectionHandler
from django.test import Client

from clinic_site.apps import sqlite_is_safe
from clinic_site.models import Practice
from clinic_site.web import errors
from leads import capture
from tests.factories import make_practice
from tests.running_site import ROOT

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

    monkeypatch.setattr(capture, "take_request", crash)
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
    monkeypatch.setattr(capture, "take_request", trouble)

    response = client.post("/consultation/", FORM)

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "(248) 555-0123" in response.text
    assert connection.close_at <= time.monotonic()  # one opened meanwhile stays read-only
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


def test_sqlite_runs_with_what_the_leads_need(db):
    if connection.vendor != "sqlite":
        pytest.skip("this run uses PostgreSQL")
    assert sqlite_is_safe(None, ["default"]) == []


@pytest.mark.parametrize(
    ("name", "weak", "safe"), [("synchronous", 1, 2), ("busy_timeout", 4999, 5000)]
)
def test_sqlite_with_anything_weaker_is_refused(transactional_db, name, weak, safe):
    if connection.vendor != "sqlite":
        pytest.skip("this run uses PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}={weak}")
        messages = [error.msg for error in sqlite_is_safe(None, ["default"])]
        cursor.execute(f"PRAGMA {name}={safe}")

    assert len(messages) == 1
    assert messages[0].startswith(f"SQLite runs with {name}={weak}, ")


def test_sqlite_without_immediate_transactions_is_refused(db, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("this run uses PostgreSQL")
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", "DEFERRED")

    assert [error.msg for error in sqlite_is_safe(None, ["default"])] == [
        "SQLite runs with transaction_mode=DEFERRED, the leads need IMMEDIATE."
    ]


def test_sqlite_file_is_written_ahead(db, tmp_path):
    """The tests' own database is in memory, where nothing can be."""
    if connection.vendor != "sqlite":
        pytest.skip("this run uses PostgreSQL")
    config = settings.DATABASES["default"] | {"NAME": tmp_path / "db.sqlite3"}

    with (
        closing(ConnectionHandler({"default": config})["default"]) as opened,
        opened.cursor() as cursor,
    ):
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_gunicorn_does_not_start_when_the_check_of_the_database_fails(tmp_path, monkeypatch):
    database = tmp_path / "db.sqlite3"
    database.write_bytes(b"this is no database " * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database}")
    config = runpy.run_path(str(ROOT / "clinic_site" / "gunicorn.conf.py"))

    with pytest.raises(SystemExit):
        config["on_starting"](None)

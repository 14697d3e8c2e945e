"""Only staff have sessions, whatever cookie a visitor sends."""

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from tests.factories import make_practice

FORGED = ["a" * 32, "short", "\\000" + "a" * 15, "é" * 32, "a" * 4000]
FORM = {"first_name": "Ann", "email": "ann@example.com"}


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


@pytest.mark.parametrize("cookie", FORGED)
@pytest.mark.parametrize("path", ["/healthz", "/no-such-page/", "/ebooks/", "/ebooks/link/"])
def test_session_cookie_means_nothing_to_public_pages(
    client, django_assert_max_num_queries, cookie, path
):
    client.cookies["staff_session"] = cookie

    response = client.get(path)

    assert response.status_code in {200, 404}
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert Session.objects.count() == 0


@pytest.mark.parametrize("cookie", FORGED)
def test_session_cookie_that_is_forged_costs_no_lead(client, cookie):
    client.cookies["staff_session"] = cookie

    response = client.post("/ebooks/", FORM)

    assert (response.status_code, bool(response.cookies)) == (303, False)
    assert Session.objects.count() == 0


@pytest.mark.parametrize("cookie", FORGED)
def test_session_cookie_that_is_forged_opens_no_admin(client, cookie):
    client.cookies["staff_session"] = cookie

    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/").status_code == 200


@pytest.mark.parametrize("cookie", ["short-but-longer", "é" * 32, "a" * 4000])
def test_session_cookie_that_django_did_not_make_is_never_queried(
    client, django_assert_num_queries, cookie
):
    client.cookies["staff_session"] = cookie

    with django_assert_num_queries(0):
        response = client.get("/admin/")

    assert response["Location"].startswith("/admin/login/")


def test_session_of_the_admin_is_its_own(admin_client):
    response = admin_client.get("/admin/")

    cookie = response.cookies["staff_session"]
    assert (cookie["path"], cookie["max-age"], cookie["httponly"]) == ("/admin/", 28_800, True)


def test_sessions_that_are_over_go_with_the_day(admin_client):
    Session.objects.update(expire_date=timezone.now())

    call_command("daily")

    assert Session.objects.count() == 0

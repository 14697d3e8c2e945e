import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model

from tests.clinic_site.staff.logging_in import PASSWORD, log_in

LOCKED_OUT = "<h1>Too many wrong passwords</h1>"


def test_right_password_opens_the_admin(client, owner):
    assert log_in(client)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_fifth_wrong_password_locks_the_visitor_out(client, owner):
    statuses = [log_in(client, password="wrong").status_code for _ in range(5)]

    assert statuses == [200, 200, 200, 200, 429]
    response = log_in(client)
    assert (response.status_code, response["Retry-After"]) == (429, "900")
    assert "owner" not in response.text.replace("ask an owner", "")
    assert client.get("/admin/").status_code == 302
    assert log_in(client, address="203.0.113.8").status_code == 302


def test_lockout_ends_after_a_quarter_of_an_hour(client, owner, time_machine):
    time_machine.move_to("2026-11-23T12:00:00+00:00", tick=False)
    for _ in range(5):
        log_in(client, password="wrong")

    time_machine.move_to("2026-11-23T12:14:59+00:00", tick=False)
    assert LOCKED_OUT in log_in(client).text
    time_machine.move_to("2026-11-23T12:15:01+00:00", tick=False)
    assert log_in(client)["Location"] == "/admin/"


def test_twentieth_wrong_password_locks_the_name_for_every_visitor(client, owner):
    for n in range(19):
        log_in(client, password="wrong", address=f"203.0.113.{n}")

    assert LOCKED_OUT in log_in(client, password="wrong", address="203.0.113.99").text
    assert LOCKED_OUT in log_in(client, address="203.0.113.100").text


@pytest.mark.parametrize("username", ["owner", "nobody"])
def test_log_in_answers_the_same_for_names_that_exist_and_do_not(client, owner, username):
    wrong = log_in(client, username=username, password="wrong")
    for _ in range(4):
        locked = log_in(client, username=username, password="wrong")

    assert (wrong.status_code, locked.status_code) == (200, 429)
    assert "Please enter the correct username and password" in wrong.text
    assert locked["Retry-After"] == "900"
    assert LOCKED_OUT in locked.text
    assert "Wait 15 minutes and try again, or ask an owner." in locked.text
    assert 'href="/admin/login/">Back to the login</a>' in locked.text


def test_right_password_forgets_the_wrong_ones(client, owner):
    for _ in range(4):
        log_in(client, password="wrong")
    log_in(client)

    assert AccessAttempt.objects.count() == 0


def test_right_password_keeps_the_wrong_ones_for_a_colleague(client, owner):
    get_user_model().objects.create_user("desk", password=PASSWORD, is_staff=True)
    for _ in range(4):
        log_in(client, password="wrong")
    assert log_in(client, username="desk")["Location"] == "/admin/"

    assert LOCKED_OUT in log_in(client, password="wrong").text


@pytest.mark.parametrize("name", ["a" * 151, "\u0149" * 100, "a" * 5000])
def test_log_in_refuses_a_name_longer_than_its_column(client, db, name):
    response = log_in(client, username=name)

    assert response.status_code == 200
    assert "A user name has at most 150 characters." in response.text
    assert AccessAttempt.objects.count() == 0


def test_wrong_try_is_stored_without_address_and_password(client, owner):
    log_in(client, password="wrong-secret")

    stored = str(AccessAttempt.objects.values().get())
    assert "203.0.113" not in stored
    assert "wrong-secret" not in stored


def test_tries_with_a_future_time_lock_nobody_out(client, owner, time_machine):
    time_machine.move_to("2026-11-23T20:00:00+00:00", tick=False)
    for _ in range(5):
        log_in(client, password="wrong")
    assert LOCKED_OUT in log_in(client).text

    time_machine.move_to("2026-11-23T12:00:00+00:00", tick=False)

    assert log_in(client)["Location"] == "/admin/"


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/leads/ebooksignup/", "/admin/password_change/", "/admin/nowhere/"]
)
def test_every_page_of_the_admin_asks_for_the_code_first(client, device, path):
    log_in(client)

    response = client.get(path)

    assert response["Location"] == f"/admin/second-factor/check/?next={path.replace('/', '%2F')}"


def test_admin_is_open_without_a_device_unless_one_is_required(client, owner, settings):
    log_in(client)
    assert client.get("/admin/").status_code == 200

    settings.REQUIRE_SECOND_FACTOR = True

    assert client.get("/admin/")["Location"] == "/admin/second-factor/?next=%2Fadmin%2F"
    assert client.get("/admin/second-factor/").status_code == 200
    assert client.post("/admin/logout/").status_code == 200


def test_second_factor_costs_readers_no_query(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").text == "ok\n"

"""Logins of staff: a new one opens the admin, and an owner cannot give more rights than allowed."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.admin_pages import form_fields, page_text

LIST = "/admin/auth/user/"
PASSWORD = "a-quiet-lake-1"
NEW = {"username": "ann", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def chief(db):
    """A member of the group Owners who is not a superuser."""
    user = User.objects.create_user("chief", is_staff=True)
    user.groups.add(Group.objects.get(name="Owners"))
    client = Client()
    client.force_login(user)
    return client


def log_in(client, **changes):
    fields = {"username": "ann", "password": PASSWORD} | changes
    return client.post("/admin/login/?next=/admin/", fields)


def test_new_login_opens_the_admin(chief, client):
    chief.post(LIST + "add/", NEW | {"is_superuser": "on"})

    assert log_in(client)["Location"] == "/admin/"
    assert User.objects.get(username="ann").is_superuser is False


def test_login_that_is_not_of_the_staff_is_told_so(client, db):
    User.objects.create_user("ann", password=PASSWORD)

    assert "Ask an owner to tick “Staff status” on it." in page_text(log_in(client))


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "bo"}])
def test_wrong_password_is_told_nothing_of_the_kind(client, db, changes):
    User.objects.create_user("ann", password=PASSWORD)

    words = page_text(log_in(client, **changes))

    assert "Please enter the correct username and password" in words
    assert "Staff status" not in words


def test_login_that_was_switched_off_is_told_nothing(client, db):
    User.objects.create_user("ann", password=PASSWORD, is_active=False, is_staff=True)

    assert "Please enter the correct username and password" in page_text(log_in(client))


@pytest.mark.parametrize("field", ["is_superuser", "user_permissions"])
def test_owner_neither_sees_nor_gives_more_than_groups(chief, field):
    user = User.objects.create_user("ann", is_staff=True)
    url = f"{LIST}{user.pk}/change/"
    fields = form_fields(chief.get(url))

    chief.post(url, fields | {"first_name": "Ann", field: "1"})

    user.refresh_from_db()
    assert field not in chief.get(url).context["adminform"].form.fields
    assert user.first_name == "Ann"
    assert (user.is_superuser, user.user_permissions.count()) == (False, 0)


@pytest.mark.parametrize("path", ["change/", "password/", "delete/"])
def test_owner_does_not_touch_a_superuser(chief, path):
    root = User.objects.create_superuser("root", password=PASSWORD)
    data = {"username": "taken", "post": "yes", "password1": "x" * 20, "password2": "x" * 20}

    answer = chief.post(f"{LIST}{root.pk}/{path}", data)

    root.refresh_from_db()
    assert answer.status_code == 403
    assert root.username == "root"
    assert root.check_password(PASSWORD)


def test_superuser_sees_and_gives_all(owner):
    user = User.objects.create_user("ann", is_staff=True)
    url = f"{LIST}{user.pk}/change/"

    owner.post(url, form_fields(owner.get(url)) | {"is_superuser": "on"})

    user.refresh_from_db()
    assert user.is_superuser

import base64
import re
import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

PASSWORD = "a-long-password"
LOGIN = "/admin/login/?next=/admin/"


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """The real hasher takes half a second a try, on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner(db):
    return get_user_model().objects.create_superuser("owner", password=PASSWORD)


@pytest.fixture
def device(owner):
    return TOTPDevice.objects.create(user=owner, name="Phone", confirmed=True)


def log_in(client, *, username="owner", password=PASSWORD, address="203.0.113.7"):
    fields = {"username": username, "password": password}
    return client.post(LOGIN, fields, REMOTE_ADDR=address)


def code_of(device, *, steps_ahead=0) -> str:
    totp = TOTP(device.bin_key)
    totp.time = time.time() + 30 * steps_ahead
    return f"{totp.token():06}"


def test_door_opens_with_the_right_password(client, owner):
    assert log_in(client)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_door_locks_a_client_at_the_fifth_wrong_password(client, owner):
    statuses = [log_in(client, password="wrong").status_code for _ in range(5)]

    assert statuses == [200, 200, 200, 200, 429]
    response = log_in(client)
    assert (response.status_code, response["Retry-After"]) == (429, "900")
    assert "owner" not in response.text.replace("ask an owner", "")
    assert client.get("/admin/").status_code == 302
    assert log_in(client, address="203.0.113.8").status_code == 302


def test_door_opens_again_after_a_quarter_of_an_hour(client, owner, time_machine):
    time_machine.move_to("2026-11-23T12:00:00+00:00", tick=False)
    for _ in range(5):
        log_in(client, password="wrong")

    time_machine.move_to("2026-11-23T12:14:59+00:00", tick=False)
    assert log_in(client).status_code == 429
    time_machine.move_to("2026-11-23T12:15:01+00:00", tick=False)
    assert log_in(client).status_code == 302


def test_door_locks_a_name_at_the_twentieth_wrong_password_from_everywhere(client, owner):
    for n in range(19):
        log_in(client, password="wrong", address=f"203.0.113.{n}")

    assert log_in(client, password="wrong", address="203.0.113.99").status_code == 429
    assert log_in(client, address="203.0.113.100").status_code == 429


@pytest.mark.parametrize("username", ["owner", "nobody"])
def test_door_says_the_same_about_names_that_exist_and_do_not(client, owner, username):
    wrong = log_in(client, username=username, password="wrong")
    for _ in range(4):
        locked = log_in(client, username=username, password="wrong")

    assert (wrong.status_code, locked.status_code) == (200, 429)
    assert "Please enter the correct username and password" in wrong.text
    assert locked["Retry-After"] == "900"
    assert "<h1>Too many wrong passwords</h1>" in locked.text
    assert "Wait 15 minutes and try again, or ask an owner." in locked.text
    assert 'href="/admin/login/">Back to the login</a>' in locked.text


def test_door_forgets_wrong_passwords_after_the_right_one(client, owner):
    for _ in range(4):
        log_in(client, password="wrong")
    log_in(client)

    assert AccessAttempt.objects.count() == 0


def test_door_does_not_forget_what_was_tried_on_a_colleague(client, owner):
    get_user_model().objects.create_user("desk", password=PASSWORD, is_staff=True)
    for _ in range(4):
        log_in(client, password="wrong")
    assert log_in(client, username="desk").status_code == 302

    assert log_in(client, password="wrong").status_code == 429


@pytest.mark.parametrize("name", ["a" * 151, "\u0149" * 100, "a" * 5000])
def test_door_takes_no_name_longer_than_its_column(client, db, name):
    response = log_in(client, username=name)

    assert response.status_code == 200
    assert "A user name has at most 150 characters." in response.text
    assert AccessAttempt.objects.count() == 0


def test_door_keeps_neither_address_nor_password(client, owner):
    log_in(client, password="wrong-secret")

    stored = str(AccessAttempt.objects.values().get())
    assert "203.0.113" not in stored
    assert "wrong-secret" not in stored


def test_door_is_not_locked_by_a_clock_that_ran_ahead(client, owner, time_machine):
    time_machine.move_to("2026-11-23T20:00:00+00:00", tick=False)
    for _ in range(5):
        log_in(client, password="wrong")
    assert log_in(client).status_code == 429

    time_machine.move_to("2026-11-23T12:00:00+00:00", tick=False)

    assert log_in(client).status_code == 302


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/leads/ebooksignup/", "/admin/password_change/", "/admin/nowhere/"]
)
def test_door_asks_for_the_code_before_any_page(client, device, path):
    log_in(client)

    response = client.get(path)

    assert response["Location"] == f"/admin/second-factor/check/?next={path.replace('/', '%2F')}"


def test_door_opens_with_the_code(client, device):
    log_in(client)
    former = client.session.session_key

    response = client.post(
        "/admin/second-factor/check/?next=/admin/leads/ebooksignup/", {"code": code_of(device)}
    )

    assert response["Location"] == "/admin/leads/ebooksignup/"
    assert client.get("/admin/").status_code == 200
    assert client.session.session_key != former


@pytest.mark.parametrize("code", ["", "000000", "abcdefgh", "٣٤٥٦٧٨", "1" * 21, "\x00" * 6])
def test_door_stays_shut_with_a_wrong_code(client, device, code):
    log_in(client)

    response = client.post("/admin/second-factor/check/", {"code": code})

    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"code"}
    assert client.get("/admin/").status_code == 302


def test_door_takes_a_code_once(client, device):
    log_in(client)
    code = code_of(device)
    client.post("/admin/second-factor/check/", {"code": code})
    client.post("/admin/logout/")
    log_in(client)

    client.post("/admin/second-factor/check/", {"code": code})

    assert client.get("/admin/").status_code == 302


def test_door_makes_guessing_codes_slow(client, device):
    log_in(client)
    client.post("/admin/second-factor/check/", {"code": "000000"})

    client.post("/admin/second-factor/check/", {"code": code_of(device)})

    assert client.get("/admin/").status_code == 302


def test_door_does_not_take_a_colleagues_code(client, device):
    get_user_model().objects.create_superuser("other", password=PASSWORD)
    other = TOTPDevice.objects.create(user=get_user_model().objects.get(username="other"))
    log_in(client)

    client.post("/admin/second-factor/check/", {"code": code_of(other)})

    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_door_leads_nowhere_else(client, device, wanted):
    log_in(client)

    response = client.post(f"/admin/second-factor/check/?next={wanted}", {"code": code_of(device)})

    assert response["Location"] == "/admin/"


def test_door_keeps_guessing_slow_when_two_machines_differ_by_a_second(client, owner, device):
    device.throttle_increment(commit=False)
    device.throttling_failure_count = 9
    device.throttling_failure_timestamp += timedelta(seconds=1)
    device.save()
    log_in(client)

    response = client.post("/admin/second-factor/check/", {"code": code_of(device)})

    assert response.status_code == 200
    device.refresh_from_db()
    assert device.throttling_failure_count >= 9


def test_door_takes_the_code_after_a_clock_that_ran_ahead(client, owner, device):
    device.throttle_increment(commit=False)
    device.throttling_failure_timestamp += timedelta(days=365)
    device.last_t += 10**9
    device.save()
    log_in(client)

    response = client.post("/admin/second-factor/check/", {"code": code_of(device)})

    assert response["Location"] == "/admin/"


@pytest.mark.parametrize("path", ["foo", "foo/bar", "./x"])
def test_door_goes_wherever_it_is_told_on_this_site(client, owner, path):
    log_in(client)

    response = client.get("/admin/second-factor/check/", {"next": path})

    assert (response.status_code, response["Location"]) == (302, path)


def test_door_is_open_without_a_device_unless_one_is_required(client, owner, settings):
    log_in(client)
    assert client.get("/admin/").status_code == 200

    settings.REQUIRE_SECOND_FACTOR = True

    assert client.get("/admin/")["Location"] == "/admin/second-factor/?next=%2Fadmin%2F"
    assert client.get("/admin/second-factor/").status_code == 200
    assert client.post("/admin/logout/").status_code == 200


def test_second_factor_is_set_up_with_the_app_and_ten_backup_codes(client, owner, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    log_in(client)
    page = client.get("/admin/second-factor/")
    device = TOTPDevice.objects.get()

    response = client.post("/admin/second-factor/", {"code": code_of(device)})

    assert 'src="data:image/svg+xml' in page.text
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", page.text)[0]
    assert base64.b32decode(secret.replace(" ", "")) == device.bin_key
    codes = re.findall(r"<code>(\w+)</code>", response.text)
    assert sorted(codes) == sorted(StaticToken.objects.values_list("token", flat=True))
    assert len(set(codes)) == 10
    assert client.get("/admin/").status_code == 200


def test_second_factor_is_not_set_up_with_a_wrong_code(client, owner):
    log_in(client)
    client.get("/admin/second-factor/")

    response = client.post("/admin/second-factor/", {"code": "000000"})

    assert "This code is not right" in response.text
    assert TOTPDevice.objects.get().confirmed is False


def test_second_factor_lets_in_with_each_backup_code_once(client, device):
    log_in(client)
    client.post("/admin/second-factor/check/", {"code": code_of(device)})
    change(client, device, "codes")
    code = StaticToken.objects.first().token
    client.post("/admin/logout/")

    opened = []
    for _ in range(2):
        log_in(client)
        client.post("/admin/second-factor/check/", {"code": code.upper()})
        opened.append(client.get("/admin/").status_code)
        client.post("/admin/logout/")

    assert opened == [200, 302]
    assert StaticToken.objects.count() == 9


def change(client, device, do):
    fields = {"code": code_of(device, steps_ahead=1), "do": do}
    return client.post("/admin/second-factor/", fields)


def test_second_factor_comes_off_only_with_a_code(client, device):
    log_in(client)
    client.post("/admin/second-factor/check/", {"code": code_of(device)})

    client.post("/admin/second-factor/", {"code": "zzzzzzzz", "do": "remove"})
    assert TOTPDevice.objects.count() == 1
    change(client, device, "remove")

    assert TOTPDevice.objects.count() == 0
    assert client.get("/admin/").status_code == 200


def test_second_factor_is_not_taken_off_by_the_password_alone(client, device):
    log_in(client)

    change(client, device, "remove")

    assert TOTPDevice.objects.count() == 1


@pytest.mark.parametrize("path", ["/admin/second-factor/", "/admin/second-factor/check/"])
def test_second_factor_is_for_staff(client, db, path):
    get_user_model().objects.create_user("reader", password=PASSWORD)
    assert client.get(path)["Location"].startswith("/admin/login/")
    client.force_login(get_user_model().objects.get())

    assert client.get(path)["Location"].startswith("/admin/login/")
    assert TOTPDevice.objects.count() == 0


def test_door_asks_nothing_of_readers(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200

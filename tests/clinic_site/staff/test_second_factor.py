import base64
import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.clinic_site.staff.logging_in import PASSWORD, code_of, log_in


def test_code_opens_the_admin(client, device):
    log_in(client)
    former = client.session.session_key

    response = client.post(
        "/admin/second-factor/check/?next=/admin/leads/ebooksignup/", {"code": code_of(device)}
    )

    assert response["Location"] == "/admin/leads/ebooksignup/"
    assert client.get("/admin/").status_code == 200
    assert client.session.session_key != former


@pytest.mark.parametrize("code", ["", "000000", "abcdefgh", "٣٤٥٦٧٨", "1" * 21, "\x00" * 6])
def test_wrong_code_does_not_open_the_admin(client, device, code):
    log_in(client)

    response = client.post("/admin/second-factor/check/", {"code": code})

    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"code"}
    assert client.get("/admin/")["Location"].startswith("/admin/second-factor/check/")


def test_code_works_once(client, device):
    log_in(client)
    code = code_of(device)
    client.post("/admin/second-factor/check/", {"code": code})
    client.post("/admin/logout/")
    log_in(client)

    client.post("/admin/second-factor/check/", {"code": code})

    assert client.get("/admin/")["Location"].startswith("/admin/second-factor/check/")


def test_wrong_code_delays_the_next(client, device):
    log_in(client)
    client.post("/admin/second-factor/check/", {"code": "000000"})

    client.post("/admin/second-factor/check/", {"code": code_of(device)})

    assert client.get("/admin/")["Location"].startswith("/admin/second-factor/check/")


def test_code_of_a_colleague_does_not_open_the_admin(client, device):
    get_user_model().objects.create_superuser("other", password=PASSWORD)
    other = TOTPDevice.objects.create(user=get_user_model().objects.get(username="other"))
    log_in(client)

    client.post("/admin/second-factor/check/", {"code": code_of(other)})

    assert client.get("/admin/")["Location"].startswith("/admin/second-factor/check/")


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_code_redirects_to_no_other_site(client, device, wanted):
    log_in(client)

    response = client.post(f"/admin/second-factor/check/?next={wanted}", {"code": code_of(device)})

    assert response["Location"] == "/admin/"


def test_wrong_codes_delay_the_next_when_two_clocks_differ_by_a_second(client, owner, device):
    device.throttle_increment(commit=False)
    device.throttling_failure_count = 9
    device.throttling_failure_timestamp += timedelta(seconds=1)
    device.save()
    log_in(client)

    response = client.post("/admin/second-factor/check/", {"code": code_of(device)})

    assert response.status_code == 200
    device.refresh_from_db()
    assert device.throttling_failure_count >= 9


def test_code_works_after_a_clock_that_was_ahead(client, owner, device):
    device.throttle_increment(commit=False)
    device.throttling_failure_timestamp += timedelta(days=365)
    device.last_t += 10**9
    device.save()
    log_in(client)

    response = client.post("/admin/second-factor/check/", {"code": code_of(device)})

    assert response["Location"] == "/admin/"


@pytest.mark.parametrize("path", ["foo", "foo/bar", "./x"])
def test_check_redirects_to_the_wanted_page_of_this_site(client, owner, path):
    log_in(client)

    response = client.get("/admin/second-factor/check/", {"next": path})

    assert (response.status_code, response["Location"]) == (302, path)


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

import time

from django_otp.oath import TOTP

PASSWORD = "a-long-password"


LOGIN = "/admin/login/?next=/admin/"


def log_in(client, *, username="owner", password=PASSWORD, address="203.0.113.7"):
    fields = {"username": username, "password": password}
    return client.post(LOGIN, fields, REMOTE_ADDR=address)


def code_of(device, *, steps_ahead=0) -> str:
    totp = TOTP(device.bin_key)
    totp.time = time.time() + 30 * steps_ahead
    return f"{totp.token():06}"

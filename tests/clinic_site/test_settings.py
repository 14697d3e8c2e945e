import logging

import pytest

from clinic_site.configuration import mail, uploads
from tests.reading_settings import KEY, refusal, run, settings_with, start
from tests.running_site import ROOT

SETTINGS = (
    "DEBUG", "ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL",
    "ALERT_EMAIL", "TRUSTED_PROXIES", "ADMIN_PATH", "LOG_LEVEL", "TIME_ZONE", "PORT",
    "LEAD_RETENTION_MONTHS", "MAIL_RETENTION_DAYS", "QUARANTINE_RETENTION_DAYS",
    "LIMIT_RETENTION_DAYS", "SECRET_KEY_FILE", "SECRET_KEY_FALLBACKS", "REQUIRE_SECOND_FACTOR",
    "MAIL_WEBHOOK_SECRET", "UPLOADS_URL",
)  # fmt: skip
TLS = {"BASE_URL": "https://www.example.com", "TRUSTED_PROXIES": "1"}


def test_site_starts_with_only_a_secret_key(tmp_path):
    assert start(tmp_path, SECRET_KEY=KEY) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", f"short{' ' * 50}"),
        ("DEBUG", "fasle"),
        ("BASE_URL", "www.example.com"),
        ("BASE_URL", "https://www.example.com/path"),
        ("BASE_URL", "https://www.example.com:port"),
        ("BASE_URL", "https://www.example.com:"),
        ("BASE_URL", "https://www.example.com:0"),
        ("BASE_URL", "https://www.example.com:65536"),
        ("BASE_URL", "https://user@www.example.com"),
        ("BASE_URL", "https://www.example.com#top"),
        ("BASE_URL", "https://www.example.com?a=b"),
        ("BASE_URL", "https://www.example.com?"),
        ("BASE_URL", "https://www.exam ple.com"),
        ("BASE_URL", "https://www.exam\tple.com"),
        ("BASE_URL", "https://www..example.com"),
        ("BASE_URL", "https://klinik-müller.example"),
        ("BASE_URL", "https://[::1"),
        ("BASE_URL", "https://[1:2]"),
        ("BASE_URL", "ftp://www.example.com"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ".example.com"),
        ("ALLOWED_HOSTS", "https://example.com"),
        ("ALLOWED_HOSTS", "127.0.0.1:8000"),
        ("ALLOWED_HOSTS", "127.0.0.1,[::1]:8000"),
        ("ALLOWED_HOSTS", "127.0.0.1,::1"),
        ("ALLOWED_HOSTS", "127.0.0.1,[::1"),
        ("ALLOWED_HOSTS", "127.0.0.1,klinik-müller.example"),
        ("TRUSTED_PROXIES", "one"),
        ("TRUSTED_PROXIES", "-1"),
        ("ADMIN_PATH", "/"),
        ("ADMIN_PATH", "a b"),
        ("ADMIN_PATH", "a//b"),
        ("ADMIN_PATH", "<int:x>"),
        ("ADMIN_PATH", "büro"),
        ("TIME_ZONE", "Detroit"),
        ("LOG_LEVEL", "loud"),
        ("LOG_LEVEL", "critical"),
        ("SECRET_KEY_FALLBACKS", "short"),
        ("DEFAULT_FROM_EMAIL", "nobody"),
        ("DEFAULT_FROM_EMAIL", "a@example.com, b@example.com"),
        ("DEFAULT_FROM_EMAIL", "@example.com"),
        ("DEFAULT_FROM_EMAIL", "desk@"),
        ("DEFAULT_FROM_EMAIL", "Clinic, Inc <desk@example.com>"),
        ("DEFAULT_FROM_EMAIL", "Clinic\n <desk@example.com>"),
        ("ALERT_EMAIL", "nobody"),
        ("ALERT_EMAIL", "a@example.com, b@example.com"),
        ("ALERT_EMAIL", "@example.com"),
        ("ALERT_EMAIL", "desk@"),
        ("ALERT_EMAIL", "Clinic, Inc <desk@example.com>"),
        ("ALERT_EMAIL", "Clinic\n <desk@example.com>"),
        ("EMAIL_URL", "mail.example.com"),
        ("EMAIL_URL", "http://mail.example.com"),
        ("EMAIL_URL", "smtp+tls://"),
        ("EMAIL_URL", "smtp://mail.example.com:port"),
        ("EMAIL_URL", "postmark://"),
        ("EMAIL_URL", "postmark://key/path"),
        ("EMAIL_URL", "postmark://[key"),
        ("EMAIL_URL", "postmark://key?track=yes"),
        ("EMAIL_URL", "brevo://key"),
        ("UPLOADS_URL", "bucket"),
        ("UPLOADS_URL", "s3://bucket"),
        ("UPLOADS_URL", "s3://key:secret@"),
        ("UPLOADS_URL", "s3://key:secret@bucket/path"),
        ("UPLOADS_URL", "s3://key:secret@bucket?acl=public-read"),
        ("UPLOADS_URL", "gs://key:secret@bucket"),
        ("UPLOADS_URL", "s3://[::1"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "sqlite:////nowhere/db.sqlite3"),
        ("DATA_DIR", "/proc/nowhere"),
        ("LEAD_RETENTION_MONTHS", "0"),
        ("LEAD_RETENTION_MONTHS", "601"),
        ("MAIL_RETENTION_DAYS", "x"),
        ("MAIL_RETENTION_DAYS", "36501"),
        ("QUARANTINE_RETENTION_DAYS", "36501"),
        ("LIMIT_RETENTION_DAYS", "36501"),
    ],
)
def test_malformed_setting_stops_the_start_with_a_sentence(tmp_path, name, value):
    said = refusal(tmp_path, **{name: value})

    assert said.startswith(f"Setting {name}: ")
    assert f"Example: {name}=" in said
    assert "\n" not in said


def test_command_stops_at_a_refusal_without_a_traceback(tmp_path):
    code, error = start(tmp_path, SECRET_KEY=KEY, BASE_URL="www.example.com")

    assert code == 1
    assert error.startswith("Setting BASE_URL: ")
    assert "Traceback" not in error


def plain(settings):
    return {
        name: value
        for name, value in settings.items()
        if isinstance(value, str | int | list | dict)
    }


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("value", ["", "  "])
def test_empty_setting_counts_as_not_set(tmp_path, name, value):
    assert plain(settings_with(tmp_path, **{name: value})) == plain(settings_with(tmp_path))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DEBUG", " true ", True),
        ("TRUSTED_PROXIES", " 2 ", 2),
        ("LOG_LEVEL", " warning ", logging.WARNING),
        ("DEFAULT_FROM_EMAIL", " desk@example.com ", "desk@example.com"),
    ],
)
def test_white_space_around_a_value_is_removed(tmp_path, name, value, expected):
    assert settings_with(tmp_path, **{name: value})[name] == expected


def test_env_example_lists_every_setting():
    settings = ROOT / "clinic_site" / "settings.py"
    modules = [settings, *settings.with_name("configuration").glob("*.py")]
    source = "".join(module.read_text() for module in modules)
    names = {*SETTINGS, "SECRET_KEY", "DATA_DIR"} - {"PORT"}
    example = (ROOT / ".env.example").read_text()

    assert [name for name in names if f'"{name}"' not in source] == []
    assert [name for name in names if f"{name}=" not in example] == []


def test_refusal_says_which_requirements_an_option_needs(tmp_path, monkeypatch):
    for module in (mail, uploads):
        monkeypatch.setattr(module, "find_spec", lambda name: None)

    assert "requirements-extras.txt" in refusal(tmp_path, EMAIL_URL="postmark://key")
    assert "requirements-extras.txt" in refusal(tmp_path, UPLOADS_URL="s3://k:s@bucket")


def test_hsts_lasts_a_year_behind_tls(tmp_path):
    assert settings_with(tmp_path, **TLS)["SECURE_HSTS_SECONDS"] == 31_536_000


def test_forwarded_proto_is_ignored_without_a_proxy(tmp_path):
    without = settings_with(tmp_path, **TLS | {"TRUSTED_PROXIES": "0"})

    assert "SECURE_PROXY_SSL_HEADER" not in without
    assert "SECURE_PROXY_SSL_HEADER" in settings_with(tmp_path, **TLS)


def test_deployment_check_of_django_passes(tmp_path):
    arguments = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    done = run(tmp_path, *arguments, SECRET_KEY="a-key-of-many-letters-" * 3, **TLS)

    assert (done.returncode, done.stderr) == (0, "")

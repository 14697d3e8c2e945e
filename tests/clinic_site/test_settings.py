import os
import re
import runpy
import subprocess
import sys
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.urls import get_resolver

from clinic_site.configuration import environment, mail, uploads
from tests.running_site import ROOT

KEY = "k" * 50


def run(tmp_path, *arguments, **values):
    """Runs Python with exactly these settings."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)} | values,
        capture_output=True,
        text=True,
        check=False,
    )


def start(tmp_path, **values):
    """Starts a command; (exit status, standard error)."""
    done = run(tmp_path, "manage.py", "check", **values)
    return done.returncode, done.stderr


def settings_with(tmp_path, **values):
    """The settings as a start with exactly these values would have them."""
    values = {"SECRET_KEY": KEY, "DATA_DIR": str(tmp_path)} | values
    with mock.patch.dict(os.environ, values, clear=True):
        return runpy.run_path(str(ROOT / "clinic_site" / "settings.py"))


def refusal(tmp_path, **values):
    with pytest.raises(SystemExit) as caught:
        settings_with(tmp_path, **values)
    return str(caught.value)


def test_settings_start_with_a_secret_key_alone(tmp_path):
    assert start(tmp_path, SECRET_KEY=KEY)[0] == 0


def test_settings_read_the_secret_key_from_a_file(tmp_path):
    (tmp_path / "key").write_text(KEY + "\n")

    assert start(tmp_path, SECRET_KEY_FILE=str(tmp_path / "key"))[0] == 0


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
        ("ADMIN_PATH", "ebooks"),
        ("ADMIN_PATH", "/static/admin/"),
        ("TIME_ZONE", "Detroit"),
        ("LOG_LEVEL", "loud"),
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
def test_settings_refuse_to_start_with_a_sentence(tmp_path, name, value):
    said = refusal(tmp_path, **{name: value})

    assert said.startswith(f"Setting {name}: ")
    assert f"Example: {name}=" in said
    assert "\n" not in said


def test_a_command_stops_at_a_refusal_without_a_traceback(tmp_path):
    code, error = start(tmp_path, SECRET_KEY=KEY, BASE_URL="www.example.com")

    assert code == 1
    assert error.startswith("Setting BASE_URL: ")
    assert "Traceback" not in error


def test_settings_say_how_to_write_a_name_that_is_not_ascii(tmp_path):
    assert "punycode (xn--" in refusal(tmp_path, BASE_URL="https://klinik-müller.example")


def test_settings_say_that_the_allowed_hosts_lack_the_sites_own(tmp_path):
    said = refusal(tmp_path, BASE_URL="https://www.example.com", ALLOWED_HOSTS="example.com")

    assert "must contain www.example.com" in said


@pytest.mark.parametrize(
    ("url", "hosts", "expected"),
    [
        ("https://WWW.Example.com:443", "", ["https://www.example.com"]),
        ("HTTP://example.com:80/", "", ["http://example.com"]),
        ("https://example.com:80", "", ["https://example.com:80"]),
        (
            "https://www.example.com:8443",
            "Example.com WWW.example.com",
            ["https://www.example.com:8443", "https://example.com:8443"],
        ),
        ("http://127.0.0.1:8000", "", ["http://127.0.0.1:8000", "http://localhost:8000"]),
        ("http://[0:0::1]:8000", "", ["http://[::1]:8000"]),
        ("https://e.com", "[2001:DB8::1],e.com", ["https://e.com", "https://[2001:db8::1]"]),
    ],
)
def test_settings_make_an_origin_of_every_allowed_host(tmp_path, url, hosts, expected):
    found = settings_with(tmp_path, BASE_URL=url, ALLOWED_HOSTS=hosts)

    assert expected == found["CSRF_TRUSTED_ORIGINS"]
    assert found["BASE_URL"] == expected[0]


def test_settings_allow_an_ipv6_host_in_brackets(tmp_path):
    found = settings_with(tmp_path, BASE_URL="http://[::1]:8000")

    assert found["ALLOWED_HOSTS"] == ["[::1]"]


def test_a_process_has_the_address_once_among_its_origins(tmp_path):
    show = "from django.conf import settings; print(settings.CSRF_TRUSTED_ORIGINS)"
    done = run(
        tmp_path,
        "-c",
        show,
        DJANGO_SETTINGS_MODULE="clinic_site.settings",
        SECRET_KEY=KEY,
        BASE_URL="https://WWW.Example.com:443",
    )

    assert done.stdout == "['https://www.example.com']\n"


SETTINGS = (
    "DEBUG", "ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL",
    "ALERT_EMAIL", "TRUSTED_PROXIES", "ADMIN_PATH", "LOG_LEVEL", "TIME_ZONE", "PORT",
    "LEAD_RETENTION_MONTHS", "MAIL_RETENTION_DAYS", "QUARANTINE_RETENTION_DAYS",
    "LIMIT_RETENTION_DAYS", "SECRET_KEY_FILE", "SECRET_KEY_FALLBACKS", "REQUIRE_SECOND_FACTOR",
    "MAIL_WEBHOOK_SECRET", "UPLOADS_URL",
)  # fmt: skip


def plain(settings):
    return {name: value for name, value in settings.items() if isinstance(value, str | int | list)}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", (25, False, False)),
        ("smtp://mail.example.com:26", (26, False, False)),
        ("smtp://mail.example.com:26?tls=true", (26, True, False)),
        ("smtp+tls://mail.example.com", (587, True, False)),
        ("smtp+tls://user:p%40ss@mail.example.com:588 ", (588, True, False)),
        ("smtp+ssl://mail.example.com", (465, False, True)),
        ("smtp+ssl://mail.example.com:466", (466, False, True)),
    ],
)
def test_settings_encrypt_mail_as_the_scheme_says(tmp_path, url, server):
    found = settings_with(tmp_path, EMAIL_URL=url)

    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == server
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert found["EMAIL_HOST"] == "mail.example.com"


def test_settings_read_the_password_of_the_mail_server(tmp_path):
    found = settings_with(tmp_path, EMAIL_URL="smtp+tls://us%2Fer:p%40ss@mail.example.com")

    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("us/er", "p@ss")


@pytest.mark.parametrize(
    ("scheme", "module"),
    [("consolemail", "console"), ("dummymail", "dummy"), ("memorymail", "locmem")],
)
def test_settings_send_no_mail_where_the_scheme_says_so(tmp_path, scheme, module):
    found = settings_with(tmp_path, EMAIL_URL=f"{scheme}://")

    assert found["EMAIL_BACKEND"] == f"django.core.mail.backends.{module}.EmailBackend"


def test_settings_take_an_esp_that_neither_counts_opens_nor_rewrites_links(tmp_path):
    url = "mailgun://the%2Dkey?api_url=https://api.eu.mailgun.net/v3"

    found = settings_with(tmp_path, EMAIL_URL=url, MAIL_WEBHOOK_SECRET="esp:0123456789abcdefghij")

    assert (found["ESP"], found["EMAIL_BACKEND"]) == (
        "mailgun", "anymail.backends.mailgun.EmailBackend",
    )  # fmt: skip
    assert found["ANYMAIL"] == {
        "MAILGUN_API_KEY": "the-key",
        "MAILGUN_API_URL": "https://api.eu.mailgun.net/v3",
        "WEBHOOK_SECRET": "esp:0123456789abcdefghij",
        "REQUESTS_TIMEOUT": 30,
        "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
    }


@pytest.mark.parametrize("secret", ["short:one", "no-colon-in-these-many-letters", ":" * 30])
def test_settings_refuse_a_webhook_secret_that_is_none(tmp_path, secret):
    said = refusal(tmp_path, EMAIL_URL="postmark://key", MAIL_WEBHOOK_SECRET=secret)

    assert said.startswith("Setting MAIL_WEBHOOK_SECRET: ")
    assert secret not in said


def test_settings_say_what_extras_need(tmp_path, monkeypatch):
    for module in (mail, uploads):
        monkeypatch.setattr(module, "find_spec", lambda name: None)

    assert "requirements-extras.txt" in refusal(tmp_path, EMAIL_URL="postmark://key")
    assert "requirements-extras.txt" in refusal(tmp_path, UPLOADS_URL="s3://k:s@bucket")


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_setting_counts_as_not_set(tmp_path, name, value):
    assert plain(settings_with(tmp_path, **{name: value})) == plain(settings_with(tmp_path))


def test_admin_path_is_none_of_the_sites_own():
    starts = {str(entry.pattern) for entry in get_resolver().url_patterns}
    included = {
        str(inner.pattern)
        for entry in get_resolver().url_patterns
        if not str(entry.pattern)
        for inner in entry.url_patterns
    }
    firsts = {start.split("/")[0] for start in starts | included}

    assert {first for first in firsts if first.replace("-", "").isalpha()} - {
        "admin"
    } <= environment.OWN_PATHS


def test_settings_refuse_a_secret_key_file_that_is_no_text(tmp_path):
    (tmp_path / "key").write_bytes(b"\xff" * 60)

    said = refusal(tmp_path, SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key"))

    assert said.startswith("Setting SECRET_KEY_FILE: is not text in UTF-8.")


def test_a_dotenv_that_is_not_utf8_is_told_in_a_sentence(tmp_path):
    (tmp_path / ".env").write_bytes(b"DEFAULT_FROM_EMAIL=M\xfcller <desk@example.com>")

    with pytest.raises(SystemExit, match=r"\.env is not text in UTF-8; save it as UTF-8\.$"):
        environment.load(tmp_path / ".env")


def test_backup_refuses_a_folder(tmp_path):
    with pytest.raises(CommandError, match="FILE must be a file name"):
        call_command("backup", str(tmp_path))


def test_settings_refuse_a_secret_key_file_that_is_not_there(tmp_path):
    code, error = start(tmp_path, SECRET_KEY_FILE="/nowhere/key")

    assert (code, error.splitlines()[0]) == (
        1,
        "Setting SECRET_KEY_FILE: cannot be read (No such file or directory)."
        " Example: SECRET_KEY_FILE=/etc/clinic/secret-key",
    )


def test_env_example_lists_every_setting():
    modules = ("settings.py", "configuration/mail.py", "configuration/uploads.py")
    source = "".join((ROOT / "clinic_site" / name).read_text() for name in modules)
    names = {*SETTINGS, "SECRET_KEY", "DATA_DIR"} - {"PORT"}
    example = (ROOT / ".env.example").read_text()

    assert [name for name in names if f'"{name}"' not in source] == []
    assert [name for name in names if f"{name}=" not in example] == []


def test_settings_refuse_names_that_leave_out_the_sites_own(tmp_path):
    error = refusal(tmp_path, BASE_URL="https://a.example", ALLOWED_HOSTS="b.example")

    assert error.startswith("Setting ALLOWED_HOSTS: must contain a.example, the host of BASE_URL")


def test_settings_take_names_alone_beside_the_local_one(tmp_path):
    found = settings_with(tmp_path, ALLOWED_HOSTS="b.example")

    assert found["ALLOWED_HOSTS"] == ["b.example", "127.0.0.1"]


TLS = {"BASE_URL": "https://www.example.com", "TRUSTED_PROXIES": "1"}


def test_settings_behind_tls_ask_for_it_for_a_year(tmp_path):
    assert settings_with(tmp_path, **TLS)["SECURE_HSTS_SECONDS"] == 31_536_000


def test_settings_believe_no_proxy_that_is_not_there(tmp_path):
    without = settings_with(tmp_path, **TLS | {"TRUSTED_PROXIES": "0"})

    assert "SECURE_PROXY_SSL_HEADER" not in without
    assert "SECURE_PROXY_SSL_HEADER" in settings_with(tmp_path, **TLS)


def test_settings_pass_djangos_deployment_check(tmp_path):
    arguments = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    done = run(tmp_path, *arguments, SECRET_KEY="a-key-of-many-letters-" * 3, **TLS)

    assert (done.returncode, done.stderr) == (0, "")


def test_settings_take_postgresql_by_its_address(tmp_path):
    url = "postgres://clinic:secret@db.example/clinic"

    found = settings_with(tmp_path, DATABASE_URL=url)["DATABASES"]["default"]

    assert (found["ENGINE"], found["HOST"], found["NAME"]) == (
        "django.db.backends.postgresql", "db.example", "clinic",
    )  # fmt: skip
    assert found["OPTIONS"] == {
        "connect_timeout": 5,
        "options": "-c lock_timeout=5s -c statement_timeout=60s",
    }


PINNED = re.compile(r"[\w.,\[\]-]+==\S+( ; .+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\\n)?)+")


@pytest.mark.parametrize("name", ["", "-extras", "-dev"])
def test_dependencies_are_locked_with_hashes(name):
    lock = (ROOT / f"requirements{name}.txt").read_text().strip()

    packages = re.split(r"\n(?=\S)", lock)

    assert len(packages) > 20
    assert [package for package in packages if not PINNED.fullmatch(package)] == []

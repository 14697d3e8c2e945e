import os
import subprocess
import sys

import pytest

from tests.running_site import ROOT

KEY = "k" * 50


def start(tmp_path, **environment):
    """Starts a command with exactly these settings; (exit status, standard error)."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)} | environment
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


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
        ("DEBUG", "fasle"),
        ("BASE_URL", "www.example.com"),
        ("BASE_URL", "https://www.example.com/path"),
        ("BASE_URL", "https://www.example.com:port"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ".example.com"),
        ("ALLOWED_HOSTS", "https://example.com"),
        ("TRUSTED_PROXIES", "one"),
        ("TRUSTED_PROXIES", "-1"),
        ("ADMIN_PATH", "/"),
        ("TIME_ZONE", "Detroit"),
        ("LOG_LEVEL", "loud"),
        ("DEFAULT_FROM_EMAIL", "nobody"),
        ("ALERT_EMAIL", "nobody"),
        ("EMAIL_URL", "mail.example.com"),
        ("EMAIL_URL", "http://mail.example.com"),
        ("EMAIL_URL", "smtp+tls://"),
        ("EMAIL_URL", "smtp://mail.example.com:port"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "nonsense"),
        ("DATA_DIR", "/proc/nowhere"),
        ("LEAD_RETENTION_MONTHS", "0"),
        ("MAIL_RETENTION_DAYS", "x"),
    ],
)
def test_settings_refuse_to_start_with_a_sentence(tmp_path, name, value):
    code, error = start(tmp_path, **{"SECRET_KEY": KEY, name: value})

    assert code == 1
    assert error.startswith(f"Setting {name}: ")
    assert f"Example: {name}=" in error
    assert "Traceback" not in error


def test_settings_refuse_a_secret_key_file_that_is_not_there(tmp_path):
    code, error = start(tmp_path, SECRET_KEY_FILE="/nowhere/key")

    assert (code, error.splitlines()[0]) == (
        1,
        "Setting SECRET_KEY_FILE: cannot be read (No such file or directory)."
        " Example: SECRET_KEY_FILE=/etc/clinic/secret-key",
    )


def test_env_example_lists_every_setting():
    source = (ROOT / "clinic_site" / "settings.py").read_text()
    names = {
        "SECRET_KEY", "SECRET_KEY_FILE", "DEBUG", "ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL",
        "EMAIL_URL", "DEFAULT_FROM_EMAIL", "ALERT_EMAIL", "TRUSTED_PROXIES", "ADMIN_PATH",
        "LOG_LEVEL", "DATA_DIR", "TIME_ZONE", "LEAD_RETENTION_MONTHS", "MAIL_RETENTION_DAYS",
        "QUARANTINE_RETENTION_DAYS", "LIMIT_RETENTION_DAYS", "SECRET_KEY_FALLBACKS",
        "REQUIRE_SECOND_FACTOR",
    }  # fmt: skip
    example = (ROOT / ".env.example").read_text()

    assert [name for name in names if f'"{name}"' not in source] == []
    assert [name for name in names if f"{name}=" not in example] == []

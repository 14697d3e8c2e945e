"""Loaded before Django's settings (see addopts): tests own their settings and their data folder."""

import os
import tempfile

for name in (
    "BASE_URL",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "MAIL_WEBHOOK_SECRET",
    "TRUSTED_PROXIES",
    "ADMIN_PATH",
    "PORT",
):
    os.environ.pop(name, None)
os.environ["SECRET_KEY"] = "the-key-of-the-tests-" * 3
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="clinic-tests-")
os.environ["ALERT_EMAIL"] = "desk@example.com"
os.environ["DEFAULT_FROM_EMAIL"] = "Clinic <site@example.com>"

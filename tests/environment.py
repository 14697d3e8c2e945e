"""Loaded before Django's settings (see addopts): tests own their settings and their data folder."""

import atexit
import os
import shutil
import tempfile

if "TEST_RUN_DIR" not in os.environ:  # the workers of pytest-xdist inherit it
    os.environ["TEST_RUN_DIR"] = tempfile.mkdtemp(prefix="clinic-run-")
    atexit.register(shutil.rmtree, os.environ["TEST_RUN_DIR"], ignore_errors=True)

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
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="data-", dir=os.environ["TEST_RUN_DIR"])
os.environ["ALERT_EMAIL"] = "desk@example.com"
os.environ["DEFAULT_FROM_EMAIL"] = "Clinic <site@example.com>"

from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.test import Client, override_settings

from tests.running_site import ROOT, RunningSite
from tests.staff import client_of

SLOW_FOLDERS = {"browser", "deploy", "faults"}


@pytest.fixture(scope="session", autouse=True)
def _quick_settings():
    """Pages need no collected files here, and the real password hasher is slow on purpose."""
    plain_files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES=settings.STORAGES | {"staticfiles": plain_files},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(autouse=True)
def _keep_the_connection():
    """Closing a response must not close the connection that holds a test's transaction."""
    request_finished.disconnect(close_old_connections)


@pytest.fixture
def starter(db):
    """The starter content, as `make run` loads it."""
    call_command("load_starter_content", verbosity=0, stdout=StringIO())


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The whole site as it is run: gunicorn, collected static files, database of its own."""
    with RunningSite(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def owner(db):
    client = Client()
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.fixture
def desk(db):
    names = ("ebooksignup", "consultationrequest")
    rights = [f"leads.{verb}_{name}" for name in names for verb in ("view", "change")]
    return client_of("desk", *rights)


@pytest.fixture
def editor(db):
    models = ("article", "section", "source", "ebook", "ebooksection")
    return client_of(
        "editor",
        *[f"articles.{v}_{m}" for m in models for v in ("view", "add", "change", "delete")],
    )


@pytest.fixture
def nobody(db):
    """On the staff, with no right at all."""
    return client_of("nobody")


def pytest_collection_modifyitems(items):
    """Marks the slow tests by their folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        if folder in SLOW_FOLDERS:
            item.add_marker(folder)


def pytest_terminal_summary(terminalreporter):
    """Prints what the fault tests counted.

    The function is here because xdist's main process loads only this conftest.
    """
    reports = [found for some in terminalreporter.stats.values() for found in some]
    lines = [
        f"{found.nodeid.rpartition('::test_')[2].partition('[')[0]}: {value}"
        for found in reports
        if getattr(found, "when", "") == "call"
        for name, value in found.user_properties
        if name == "counted"
    ]
    if lines:
        terminalreporter.section(f"faults: planted and counted ({connection.vendor})")
        terminalreporter.write_line("\n".join(sorted(lines)))

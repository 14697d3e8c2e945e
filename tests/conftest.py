from io import StringIO

import pytest
from django.core.management import call_command
from django.core.signals import request_finished
from django.db import close_old_connections

from tests.running_site import RunningSite


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Tests that render pages need no collected, hashed files."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


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

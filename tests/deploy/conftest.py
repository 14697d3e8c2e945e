import os

import pytest

from tests.deploy.proxies import NAME, PROXIES, path_of_program
from tests.running_site import RunningSite

IN_CI = {"nginx"}  # .ci/run installs it


@pytest.fixture(scope="package")
def proxied_site(tmp_path_factory):
    """A running site with the settings for one proxy in front, and a superuser "olga"."""
    own = {"BASE_URL": f"https://{NAME}", "TRUSTED_PROXIES": "1"}
    with RunningSite(tmp_path_factory.mktemp("proxied"), **own) as running:
        running.environment["DJANGO_SUPERUSER_PASSWORD"] = "a long password of the tests"
        running.manage("createsuperuser", "--noinput", "--username=olga", "--email=o@example.com")
        yield running


@pytest.fixture(scope="package", params=PROXIES)
def proxy(request, proxied_site, tmp_path_factory):
    """Each proxy in turn. A proxy that is not installed is skipped, except nginx in CI."""
    kind = PROXIES[request.param]
    if not path_of_program(kind.program) and not (os.environ.get("CI") and request.param in IN_CI):
        pytest.skip(f"{kind.program} is missing")
    with kind(tmp_path_factory.mktemp(request.param), proxied_site.port) as running:
        yield running

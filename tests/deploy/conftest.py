import os

import pytest

from tests.deploy.proxies import NAME, PROXIES, program
from tests.running_site import RunningSite

IN_CI = {"nginx"}  # .ci/run installs it


@pytest.fixture(scope="package")
def proxied_site(tmp_path_factory):
    """The site as it runs behind one of the proxies."""
    own = {"BASE_URL": f"https://{NAME}", "TRUSTED_PROXIES": "1"}
    with RunningSite(tmp_path_factory.mktemp("proxied"), **own) as running:
        running.environment["DJANGO_SUPERUSER_PASSWORD"] = "a long password of the tests"
        running.manage("createsuperuser", "--noinput", "--username=olga", "--email=o@example.com")
        yield running


@pytest.fixture(scope="package", params=PROXIES)
def proxy(request, proxied_site, tmp_path_factory):
    """Each proxy that this machine has; in CI the absence of nginx is a failure."""
    kind = PROXIES[request.param]
    if not program(kind.program) and not (os.environ.get("CI") and request.param in IN_CI):
        pytest.skip(f"{kind.program} is missing")
    with kind(tmp_path_factory.mktemp(request.param), proxied_site.port) as running:
        yield running

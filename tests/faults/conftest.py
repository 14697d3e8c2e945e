import pytest

from tests.running_site import RunningSite


@pytest.fixture
def own_site(tmp_path):
    """A site that a test may kill."""
    with RunningSite(tmp_path, TRUSTED_PROXIES="1") as running:
        yield running


@pytest.fixture
def report(record_property):
    """Says what a fault test planted and what it counted; tests/conftest.py shows it at the end.

    Called before the assertions, so that a test that fails says it too.
    """

    def said(line):
        record_property("counted", line)

    return said

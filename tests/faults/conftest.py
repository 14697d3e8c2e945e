import pytest

from tests.running_site import RunningSite


@pytest.fixture
def own_site(tmp_path):
    """A running site for one test alone, so that the test may kill it."""
    with RunningSite(tmp_path, TRUSTED_PROXIES="1") as running:
        yield running


@pytest.fixture
def report(record_property):
    """Records what a fault test planted and counted; tests/conftest.py prints it at the end.

    A test calls it before its assertions, so that it reports even when they fail.
    """

    def record(line):
        record_property("counted", line)

    return record

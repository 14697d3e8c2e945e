import shutil

import pytest

from tests.clinic_site.backup.sites import POSTGRESQL, databases_beside
from tests.running_site import RunningSite, postgresql


@pytest.fixture(scope="package")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled") / "data"
    (folder / "uploads" / "covers").mkdir(parents=True)
    (folder / "uploads" / "covers" / "a.svg").write_text("<svg/>")
    site = RunningSite(folder)
    site.fill()
    return site


@pytest.fixture
def site(filled, tmp_path):
    """A copy of the filled site that is not running. Commands must leave no temporary data."""
    shutil.copytree(filled.folder, tmp_path / "data")
    copy = RunningSite(tmp_path / "data")
    if POSTGRESQL:
        with postgresql() as server:
            server.execute(f"DROP DATABASE {copy.database}")
            server.execute(f"CREATE DATABASE {copy.database} TEMPLATE {filled.database}")
    yield copy
    assert list(tmp_path.rglob(".clinic*")) == []
    if POSTGRESQL:
        assert databases_beside(copy, "trial") + databases_beside(copy, "restored") == []


@pytest.fixture
def elsewhere(tmp_path):
    """An empty site."""
    (tmp_path / "elsewhere").mkdir()
    return RunningSite(tmp_path / "elsewhere")


@pytest.fixture(scope="package")
def archive(filled):
    """A backup of the filled site, which fits each copy of it."""
    filled.manage("backup", str(filled.folder.parent / "backup.zip"))
    return filled.folder.parent / "backup.zip"

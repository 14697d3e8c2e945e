"""A backup of a running site is complete: it holds all that was answered before it began."""

import pytest

from tests.faults.load import SignUps
from tests.running_site import RunningSite


@pytest.fixture
def elsewhere(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    return RunningSite(tmp_path / "elsewhere")


def test_backup_under_load_is_restored_elsewhere_without_loss(
    own_site, elsewhere, tmp_path, report
):
    archive = str(tmp_path / "backup.zip")
    with SignUps(own_site) as load:
        load.wait_for(50)
        before = set(load.taken)
        own_site.manage("backup", archive)
        meanwhile = len(load.taken) - len(before)
    elsewhere.manage("restore", archive)

    kept = {email for (email,) in elsewhere.rows("SELECT email FROM leads_ebooksignup")}
    mails = elsewhere.rows("SELECT count(*) FROM leads_outgoingmail")[0][0]
    taken, lost = f"{len(before)} taken before it and {meanwhile} during it", before - kept
    report(f"backup under load: {taken}; {len(kept)} and {mails} mails in it, {len(lost)} lost")
    assert (lost, load.failed) == (set(), [])
    assert len(kept) == mails  # the backup is of one moment, so no lead lacks its mail
    assert meanwhile > 0  # the writers were not held up


def test_restore_is_refused_under_a_running_site(site, tmp_path, report):
    site.manage("backup", str(tmp_path / "backup.zip"))
    site.get("/readyz")

    with pytest.raises(AssertionError, match="Stop the web server and the mail worker first"):
        site.manage("restore", "--force", str(tmp_path / "backup.zip"))

    ready = site.get("/readyz")[0]
    report(f"restore under a running site: refused, and /readyz answers {ready}")
    assert ready == 200

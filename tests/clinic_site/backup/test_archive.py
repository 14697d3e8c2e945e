import shutil
import stat
from contextlib import closing
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.clinic_site.backup.sites import (
    count_testimonials,
    count_testimonials_kept_aside,
    refusal,
)


def test_backup_is_restored_elsewhere_with_its_rows_and_uploads(site, elsewhere, tmp_path):
    printed = site.manage("backup", str(tmp_path / "backup.zip"))

    elsewhere.manage("restore", str(tmp_path / "backup.zip"))

    assert printed.startswith("Backed up and restored on trial: ")
    assert count_testimonials(elsewhere) == count_testimonials(site) > 0
    assert (elsewhere.folder / "uploads" / "covers" / "a.svg").read_text() == "<svg/>"
    assert stat.S_IMODE((tmp_path / "backup.zip").stat().st_mode) == 0o600


def test_restore_replaces_data_only_with_force_and_keeps_it(site, archive):
    site.rows("DELETE FROM leads_testimonial RETURNING id")

    assert "There is data here already" in refusal(site, "restore", str(archive))
    assert count_testimonials(site) == 0
    printed = site.manage("restore", "--force", str(archive))

    assert count_testimonials(site) > 0
    assert count_testimonials_kept_aside(site, printed) == 0
    assert next(site.folder.glob("uploads.replaced-*")).joinpath("covers", "a.svg").exists()


def test_restore_refuses_while_the_database_is_in_use(site, archive):
    with closing(site.connect()) as in_use:
        in_use.execute("SELECT * FROM leads_testimonial").fetchone()

        said = refusal(site, "restore", "--force", str(archive))

    assert "Stop the web server and the mail worker first" in said
    assert list(site.folder.glob("*replaced*")) == []
    assert (site.folder / "uploads" / "covers" / "a.svg").exists()


def test_restore_that_cannot_move_the_uploads_changes_no_database(site, archive):
    shutil.rmtree(site.folder / "uploads")
    (site.folder / "uploads").symlink_to("a-disk-that-is-gone")
    site.rows("DELETE FROM leads_testimonial RETURNING id")

    said = refusal(site, "restore", "--force", str(archive))

    assert "Nothing was restored: " in said
    assert count_testimonials(site) == 0


def test_backup_refuses_a_folder(tmp_path):
    with pytest.raises(CommandError, match="FILE must be a file name"):
        call_command("backup", str(tmp_path))


def test_backup_says_where_it_cannot_write(db):
    with pytest.raises(CommandError, match=r"^/nowhere cannot be written: No such file"):
        call_command("backup", "/nowhere/backup.zip", stdout=StringIO())

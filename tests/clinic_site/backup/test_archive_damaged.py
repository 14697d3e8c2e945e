"""`restore` refuses an archive that is damaged or is not of this site."""

import hashlib
import json
import zipfile

import pytest
from django.db import connection

from tests.clinic_site.backup.sites import POSTGRESQL, count_testimonials, refusal


def rewrite(archive, target, changes):
    """Copies the archive with other contents for some of its files; None removes a file."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = changes.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return str(target)


def manifest_with(archive, **changes) -> str:
    with zipfile.ZipFile(archive) as packed:
        return json.dumps(json.loads(packed.read("backup.json")) | changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"database": b"SQLite format 3\x00 and nothing else"}, "was changed after it was made"),
        ({"uploads/covers/a.svg": None}, "holds 0 of 1 uploads"),
        ({"backup.json": None}, "is not a complete backup of this site"),
        ({"backup.json": b'{"engine": "sqlite"}'}, "is not a complete backup of this site"),
    ],
)
def test_restore_refuses_an_incomplete_archive(site, archive, tmp_path, changes, said):
    broken = rewrite(archive, tmp_path / "broken.zip", changes)
    before = count_testimonials(site)

    assert said in refusal(site, "restore", "--force", broken)
    assert count_testimonials(site) == before


def test_restore_refuses_a_database_that_was_damaged_before_it_was_packed(site, archive, tmp_path):
    with zipfile.ZipFile(archive) as packed:
        whole = packed.read("database")
    half = whole[: len(whole) // 2]
    seal = manifest_with(archive, database_sha256=hashlib.sha256(half).hexdigest())
    broken = rewrite(archive, tmp_path / "broken.zip", {"database": half, "backup.json": seal})
    before = count_testimonials(site)

    said = refusal(site, "restore", "--force", broken)

    assert ("pg_restore says" if POSTGRESQL else "The database in it is damaged") in said
    assert count_testimonials(site) == before


def test_restore_refuses_a_database_whose_rows_differ_from_the_manifest(site, archive, tmp_path):
    other = {"backup.json": manifest_with(archive, rows={"leads_testimonial": 1})}

    said = refusal(site, "restore", "--force", rewrite(archive, tmp_path / "other.zip", other))

    assert "has other rows than its backup.json says" in said


def test_restore_refuses_half_an_archive_and_a_missing_one(site, archive, tmp_path):
    whole = archive.read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])

    assert "is not a complete backup" in refusal(
        site, "restore", "--force", str(tmp_path / "half.zip")
    )
    assert "There is no file" in refusal(site, "restore", "--force", str(tmp_path / "none.zip"))


def test_restore_refuses_a_backup_of_the_other_engine(site, archive, tmp_path):
    engine = "sqlite" if POSTGRESQL else "postgresql"
    changes = {"backup.json": manifest_with(archive, engine=engine)}

    said = refusal(site, "restore", "--force", rewrite(archive, tmp_path / "other.zip", changes))

    assert f"holds a {engine} database and this site runs on {connection.vendor}" in said

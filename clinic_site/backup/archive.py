"""Backup and restore of database and uploads, as one zip file (promise 26).

A backup is taken while the site runs, by the database's own means and never as a copy of its file,
and is not called one before it was restored on trial. What is in the zip: backup.json (when, which
engine, rows by table), the database, and uploads/.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.utils import timezone

from clinic_site.backup import BackupError, postgresql, sqlite
from clinic_site.progress import Tell, count_items, say_nothing

MANIFEST = "backup.json"
DATABASE = "database"
UPLOADS = "uploads/"
PRIVATE = 0o600  # it holds what people have told us
MEGABYTE = 1_000_000


@dataclass
class Summary:
    """What a backup says of itself."""

    made_at: str
    engine: str
    database_sha256: str
    rows: dict[str, int] = field(default_factory=dict)
    uploads: int = 0

    def __str__(self) -> str:
        rows = sum(self.rows.values())
        uploads = f"{self.uploads} uploads"
        if settings.STORAGES["default"]["BACKEND"].endswith("ObjectStorage"):
            uploads += " (none of those in the bucket)"
        return f"{rows} rows in {len(self.rows)} tables, {uploads}, {self.made_at}"


def engine():
    return sqlite if connection.vendor == "sqlite" else postgresql


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """A private folder on the same disk as the result, so that it can be moved into place."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".clinic-backup-", dir=beside))
    except OSError as error:
        raise BackupError(f"{beside} cannot be written: {error.strerror}.") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Until file and folder entry are on the disk a power cut may take them."""
    for found in (path, path.parent):
        handle = os.open(found, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make(target: Path, tell: Tell = say_nothing) -> Summary:
    """Writes a verified backup to `target`, which is either whole or not there."""
    if target.is_dir():
        raise BackupError(
            f"{target} is a folder; FILE must be a file name, as {target}/clinic.zip."
        )
    with scratch(target.parent) as folder:
        try:
            archive, summary = packed_and_tried(folder, tell)
            sync(archive)
            archive.replace(target)
            sync(target)
        except OSError as error:
            raise BackupError(f"No backup was made: {error}") from error
    return summary


def packed_and_tried(folder: Path, tell: Tell) -> tuple[Path, Summary]:
    database = folder / DATABASE
    engine().dump(database, tell)
    tell("Counting the rows", 0, 0)
    summary = Summary(
        made_at=timezone.now().isoformat(timespec="seconds"),
        engine=connection.vendor,
        database_sha256=sha256(database),
        rows=engine().rows_of(database),
    )
    archive = pack(folder / "archive.zip", database, summary, tell)
    database.unlink()
    with scratch(folder) as trial:
        verify(archive, trial, tell)
    return archive, summary


def pack(archive: Path, database: Path, summary: Summary, tell: Tell) -> Path:
    handle = os.open(archive, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
    with (
        os.fdopen(handle, "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed,
    ):
        with database.open("rb") as whole, packed.open(DATABASE, "w", force_zip64=True) as copy:
            copy_file(whole, copy, tell, "Packing the database, MB", database.stat().st_size)
        root = Path(settings.MEDIA_ROOT)
        paths = sorted(root.rglob("*"))
        for path in count_items(paths, tell, "Packing the uploads", len(paths)):
            if path.is_file() and not path.is_symlink():
                with suppress(FileNotFoundError):  # staff may delete one meanwhile
                    packed.write(path, UPLOADS + path.relative_to(root).as_posix())
                    summary.uploads += 1
        packed.writestr(MANIFEST, json.dumps(asdict(summary), indent=1))
    return archive


def copy_file(source: IO[bytes], target: IO[bytes], tell: Tell, step: str, size: int) -> None:
    """Copies `size` bytes; tells of each megabyte."""
    done = 0
    while block := source.read(MEGABYTE):
        target.write(block)
        done += len(block)
        tell(step, -(-done // MEGABYTE), -(-size // MEGABYTE))


def verify(archive: Path, folder: Path, tell: Tell) -> Summary:
    """Restores the archive into `folder` and holds it to what it says of itself."""
    try:
        with zipfile.ZipFile(archive) as packed:
            summary = Summary(**json.loads(packed.read(MANIFEST)))
            names = packed.namelist()
            for name in count_items(names, tell, "Unpacking the archive's files", len(names)):
                packed.extract(name, folder)  # checks the CRC, and never leaves the folder
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise BackupError(f"{archive.name} is no whole backup of this site: {error}") from error
    if summary.engine != connection.vendor:
        raise BackupError(
            f"{archive.name} holds a {summary.engine} database and this site runs on"
            f" {connection.vendor}. docs/runbook.md says how to move from one to the other."
        )
    tell("Checking the database", 0, 0)
    database = folder / DATABASE
    if sha256(database) != summary.database_sha256:
        raise BackupError(f"{archive.name} was changed after it was made.")
    found = engine().check(database)
    if found != summary.rows:
        raise BackupError(f"{archive.name} has other rows than it says.")
    uploads = sum(path.is_file() for path in (folder / UPLOADS).rglob("*"))
    if uploads != summary.uploads:
        raise BackupError(f"{archive.name} holds {uploads} of {summary.uploads} uploads.")
    return summary


def restore(archive: Path, *, force: bool, tell: Tell = say_nothing) -> tuple[Summary, list[str]]:
    """Puts the backup in the place of what is there, which is kept aside; both are told."""
    uploads = Path(settings.MEDIA_ROOT)
    if not archive.is_file():
        raise BackupError(f"There is no file {archive}.")
    with scratch(Path(settings.DATA_DIR)) as folder:
        summary = verify(archive, folder, tell)
        is_filled = engine().is_filled() or (uploads.exists() and any(uploads.iterdir()))
        if is_filled and not force:
            raise BackupError(
                "There is data here already. With --force it is kept aside and replaced."
            )
        tell("Putting database and uploads in place", 0, 0)
        stamp = f"{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 a name people look for
        (folder / UPLOADS).mkdir(exist_ok=True)
        try:
            with uploads_in_place(folder / UPLOADS, uploads, stamp) as kept:
                aside = engine().put_in_place(folder / DATABASE, stamp)
        except OSError as error:
            raise BackupError(f"Nothing was restored: {error}") from error
    return summary, aside + kept


@contextmanager
def uploads_in_place(restored: Path, uploads: Path, stamp: str) -> Iterator[list[str]]:
    """The restored uploads where they belong; put back as they were if the block fails."""
    former = Path(f"{uploads}.replaced-{stamp}")
    if is_replaced := uploads.exists():
        uploads.rename(former)
    try:
        restored.rename(uploads)
        own_like(Path(settings.DATA_DIR), [uploads, *uploads.rglob("*")])
        yield [str(former)] * is_replaced
    except BaseException:
        with suppress(OSError):
            uploads.rename(restored)
        if is_replaced:
            former.rename(uploads)
        raise


def own_like(folder: Path, paths: list[Path]) -> None:
    """Root restores for the site's user, who must be able to write what was restored."""
    if os.geteuid() == 0:
        owner = folder.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)

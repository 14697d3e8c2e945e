"""Backup and restore of database and uploads, as one zip file (promise 26).

A backup is made while the site runs. It uses the database's own tools, because a copy of the
database file can miss rows, and it is kept only after it was restored as a trial. The zip file
contains backup.json (time, engine, rows by table), the database, and uploads/.
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
PRIVATE = 0o600  # only the owner may read it, because it contains personal data of the leads
MEGABYTE = 1_000_000


@dataclass
class Summary:
    """The contents of backup.json."""

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
def private_folder(beside: Path) -> Iterator[Path]:
    """A temporary folder on the same disk as the result, so that a rename can put it in place."""
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
    """Waits until the file and its name are on the disk, so that a power cut cannot lose them."""
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make(target: Path, tell: Tell = say_nothing) -> Summary:
    """Writes a verified backup to `target`. If it fails, `target` is as it was before."""
    if target.is_dir():
        raise BackupError(
            f"{target} is a folder; FILE must be a file name, such as {target}/clinic.zip."
        )
    with private_folder(target.parent) as folder:
        try:
            archive, summary = pack_and_verify(folder, tell)
            sync(archive)
            archive.replace(target)
            sync(target)
        except OSError as error:
            raise BackupError(f"No backup was made: {error}") from error
    return summary


def pack_and_verify(folder: Path, tell: Tell) -> tuple[Path, Summary]:
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
    with private_folder(folder) as trial:
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
                with suppress(FileNotFoundError):  # staff may delete a file meanwhile
                    packed.write(path, UPLOADS + path.relative_to(root).as_posix())
                    summary.uploads += 1
        packed.writestr(MANIFEST, json.dumps(asdict(summary), indent=1))
    return archive


def copy_file(source: IO[bytes], target: IO[bytes], tell: Tell, step: str, size: int) -> None:
    """Copies all of `source`, which has `size` bytes, and reports each megabyte to `tell`."""
    done = 0
    while block := source.read(MEGABYTE):
        target.write(block)
        done += len(block)
        tell(step, -(-done // MEGABYTE), -(-size // MEGABYTE))


def verify(archive: Path, folder: Path, tell: Tell) -> Summary:
    """Restores the archive into `folder` and compares it with its backup.json."""
    try:
        with zipfile.ZipFile(archive) as packed:
            summary = Summary(**json.loads(packed.read(MANIFEST)))
            names = packed.namelist()
            for name in count_items(names, tell, "Unpacking the archive's files", len(names)):
                packed.extract(name, folder)  # checks the CRC, and never writes outside the folder
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise BackupError(
            f"{archive.name} is not a complete backup of this site: {error}"
        ) from error
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
        raise BackupError(f"{archive.name} has other rows than its backup.json says.")
    uploads = sum(path.is_file() for path in (folder / UPLOADS).rglob("*"))
    if uploads != summary.uploads:
        raise BackupError(f"{archive.name} holds {uploads} of {summary.uploads} uploads.")
    return summary


def restore(archive: Path, *, force: bool, tell: Tell = say_nothing) -> tuple[Summary, list[str]]:
    """Replaces database and uploads by those of the backup.

    Returns the backup's summary, and the names under which the replaced data is kept.
    """
    uploads = Path(settings.MEDIA_ROOT)
    if not archive.is_file():
        raise BackupError(f"There is no file {archive}.")
    with private_folder(Path(settings.DATA_DIR)) as folder:
        summary = verify(archive, folder, tell)
        is_filled = engine().is_filled() or (uploads.exists() and any(uploads.iterdir()))
        if is_filled and not force:
            raise BackupError(
                "There is data here already. --force replaces it, and keeps it under another name."
            )
        tell("Putting database and uploads in place", 0, 0)
        stamp = f"{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 staff look for the server's time
        (folder / UPLOADS).mkdir(exist_ok=True)
        try:
            with uploads_in_place(folder / UPLOADS, uploads, stamp) as kept:
                aside = engine().put_in_place(folder / DATABASE, stamp)
        except OSError as error:
            raise BackupError(f"Nothing was restored: {error}") from error
    return summary, aside + kept


@contextmanager
def uploads_in_place(restored: Path, uploads: Path, stamp: str) -> Iterator[list[str]]:
    """Puts the restored uploads in place. If the `with` block fails, puts the former ones back."""
    former = Path(f"{uploads}.replaced-{stamp}")
    if is_replaced := uploads.exists():
        uploads.rename(former)
    try:
        restored.rename(uploads)
        give_to_owner_of(Path(settings.DATA_DIR), [uploads, *uploads.rglob("*")])
        yield [str(former)] * is_replaced
    except BaseException:
        with suppress(OSError):
            uploads.rename(restored)
        if is_replaced:
            former.rename(uploads)
        raise


def give_to_owner_of(folder: Path, paths: list[Path]) -> None:
    """Gives the files to the user who runs the site, if root runs the restore."""
    if os.geteuid() == 0:
        owner = folder.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)

"""Builds the files of the ebooks and keeps the rows of their editions.

The files are in DATA_DIR/ebooks, not among the uploads, because a backup does not need them: a
missing file is built again from the database, with the same bytes.

No lock is held while a book is rendered. Several processes may build the same book; the first one
to update the edition's row puts its files in place, and the others delete theirs.
"""

import logging
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles.ebooks.book import Book, read
from articles.ebooks.formats import FORMATS, Format
from articles.models import Ebook, Edition, EditionFile
from clinic_site.models import ContentVersion

logger = logging.getLogger(__name__)

RETRY_SECONDS = 60  # after a failed build, because no edit tells when a full disk has space again


class BuildError(Exception):
    """A book could not be built; the edition's build_error says why."""


def folder() -> Path:
    return Path(settings.DATA_DIR) / "ebooks"


def path(edition: Edition, file_format: Format) -> Path:
    """The file of this edition; every edition has its own, so a build overwrites none."""
    name = f"{edition.pk}-{edition.number}-{edition.digest[:16]}.{file_format.code}"
    return folder() / name


def build(ebook: Ebook) -> Edition:
    """Builds the ebook from its present sections, with a file in each format.

    The number and the date of the edition change only if the content did. A failure keeps the last
    good edition, is stored in its row and raises BuildError.
    """
    edition = Edition.objects.get_or_create(ebook=ebook)[0]
    try:
        book = read(ebook)
        if edition.number and edition.digest == book.digest:
            return repair(edition, book)
        return publish(edition, book)
    # Catch every error, because one bad book must not stop the build of the others.
    except Exception as error:
        logger.exception("ebook not built")
        reason = f"{type(error).__name__}: {error}"[:2000]
        Edition.objects.filter(pk=edition.pk).update(build_error=reason)
        raise BuildError(reason) from error


def publish(edition: Edition, book: Book) -> Edition:
    """Builds the next edition and updates the row, unless another process just did."""
    following = Edition(
        ebook=edition.ebook, number=edition.number + 1, made_at=now(), digest=book.digest
    )
    contents = render(book, following)
    fields = {
        "number": following.number,
        "made_at": following.made_at,
        "digest": following.digest,
        "words": book.words,
        "build_error": warning(book),
    }
    unchanged = Edition.objects.filter(pk=edition.pk, number=edition.number)
    renames = write_temporary_files(following, contents)
    with transaction.atomic():
        is_first = bool(unchanged.update(**fields))
        if is_first:
            describe_files(following, contents)
    if is_first:
        for temporary, final in renames:
            temporary.replace(final)
        ContentVersion.bump()  # the pages show sizes, pages and dates
        remove_old(following)
    else:
        for temporary, _final in renames:
            temporary.unlink()
    return Edition.objects.get(pk=edition.pk)


def repair(edition: Edition, book: Book) -> Edition:
    """Builds missing files again, with the same bytes; clears an error that is over."""
    if not is_complete(edition):
        contents = render(book, edition)
        for temporary, final in write_temporary_files(edition, contents):
            temporary.replace(final)
        describe_files(edition, contents)
        ContentVersion.bump()
    if edition.build_error != warning(book):
        edition.build_error = warning(book)
        edition.save(update_fields=["build_error"])
    return edition


def is_complete(edition: Edition) -> bool:
    """Whether each format has its file and its row.

    A row is missing for a format that is new since the last build. It is outdated if the former
    release, which does not know these rows, built the edition.
    """
    sizes = dict(edition.files.values_list("file_format", "size"))
    files = {each.code: path(edition, each) for each in FORMATS}
    return all(
        file.exists() and file.stat().st_size == sizes.get(code) for code, file in files.items()
    )


def render(book: Book, edition: Edition) -> dict[Format, bytes]:
    return {each: each.render(book, edition) for each in FORMATS}


def describe_files(edition: Edition, contents: dict[Format, bytes]) -> None:
    for each, content in contents.items():
        EditionFile.objects.update_or_create(
            edition_id=edition.pk,
            file_format=each.code,
            defaults={"size": len(content), "pages": each.count_pages(content)},
        )


def write_temporary_files(
    edition: Edition, contents: dict[Format, bytes]
) -> list[tuple[Path, Path]]:
    """Writes the files under temporary names; returns these with their final names.

    Renaming a file is atomic, so that no reader gets half a file.
    """
    folder().mkdir(parents=True, exist_ok=True)
    written = []
    for each, content in contents.items():
        with tempfile.NamedTemporaryFile(dir=folder(), suffix=".part", delete=False) as file:
            file.write(content)
        Path(file.name).chmod(0o644)  # a temporary file has 0600, which only its owner can read
        written.append((Path(file.name), path(edition, each)))
    return written


def remove_old(edition: Edition) -> None:
    """Keeps the former edition too, because a request may just have read its file's name."""
    kept = {edition.number, edition.number - 1}
    for file in folder().glob(f"{edition.pk}-*-*"):
        if int(file.name.split("-")[1]) not in kept:
            file.unlink(missing_ok=True)
    for file in folder().glob("*.part"):  # left by a process that was killed
        if time.time() - file.stat().st_mtime > 3600:
            file.unlink(missing_ok=True)


def warning(book: Book, formats: Iterable[Format] = FORMATS) -> str:
    """Names the letters that a format cannot show; "" if every format shows them all."""
    missing = {each: each.missing_letters(book) for each in formats}
    return "\n".join(
        f"Built, but the {each} has no letters for: {letters}"
        for each, letters in missing.items()
        if letters
    )


def now() -> datetime:
    """Without microseconds, because the files store seconds and a repair must give equal bytes."""
    return timezone.now().replace(microsecond=0)


class Watch:
    """Builds the ebooks again when the content version has changed; that check is one query."""

    def __init__(self):
        self.seen: int | None = None
        self.retry_at = 0.0

    def build_due(self) -> list[Edition]:
        version = ContentVersion.current()
        if version == self.seen and time.monotonic() < self.retry_at:
            return []
        # The version was read before the content, so an edit between the two is built next time.
        retry_at, changed = float("inf"), []
        for ebook in Ebook.objects.all():
            before = Edition.objects.filter(pk=ebook.pk).values_list("number", flat=True).first()
            try:
                edition = build(ebook)
            except BuildError:
                retry_at = time.monotonic() + RETRY_SECONDS
                continue
            if edition.number != before:
                changed.append(edition)
        # Set these last: if the database was locked half-way, the next call must start again.
        self.seen, self.retry_at = version, retry_at
        return changed


build_due = Watch().build_due

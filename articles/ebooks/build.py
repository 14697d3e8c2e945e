"""Builds the files of the ebooks and moves their editions.

Files stand in DATA_DIR/ebooks, beside the uploads and not among them: a backup need not hold
them, since they can be made again from the database at any time, and are, when one is missing.

Nothing is locked while a book is set. Whoever is first to move the edition's row from what it was
puts its files in place; who comes second throws its own away. So any number of workers, commands
and downloads may build at once.
"""

import logging
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from articles.ebooks.book import Book, read
from articles.ebooks.formats import FORMATS, Format
from articles.models import Ebook, Edition
from clinic_site.models import ContentVersion

logger = logging.getLogger(__name__)

RETRY_SECONDS = 60  # after a failed build: its cause may be a full disk, which no edit ends


class BuildError(Exception):
    """A book could not be built; the edition's build_error says why."""


def folder() -> Path:
    return Path(settings.DATA_DIR) / "ebooks"


def path(edition: Edition, file_format: Format) -> Path:
    """Where the edition's file stands; a new edition never writes over an old one's file."""
    name = f"{edition.pk}-{edition.number}-{edition.digest[:16]}.{file_format.code}"
    return folder() / name


def build(ebook: Ebook) -> Edition:
    """The ebook's edition as its sections stand now, with both files in place.

    The number and the date move only when the content did. A failure keeps the last good
    edition, is written on its row and raised as BuildError.
    """
    edition = Edition.objects.get_or_create(ebook=ebook)[0]
    try:
        book = read(ebook)
        if edition.number and edition.digest == book.digest:
            return repair(edition, book)
        return publish(edition, book)
    # Whatever goes wrong with one book is shown to staff and stops no other book.
    except Exception as error:
        logger.exception("ebook not built")
        reason = f"{type(error).__name__}: {error}"[:2000]
        Edition.objects.filter(pk=edition.pk).update(build_error=reason)
        raise BuildError(reason) from error


def publish(edition: Edition, book: Book) -> Edition:
    """Builds the next edition and moves the row to it, unless someone else just did."""
    following = Edition(
        ebook=edition.ebook, number=edition.number + 1, made_at=now(), digest=book.digest
    )
    contents = render(book, following)
    fields = {
        "number": following.number,
        "made_at": following.made_at,
        "digest": following.digest,
        "words": book.words,
        "pages": max(each.count_pages(content) for each, content in contents.items()),
        **{f"{each.code}_size": len(content) for each, content in contents.items()},
        "build_error": warning(book),
    }
    unmoved = Edition.objects.filter(pk=edition.pk, number=edition.number)
    with_files = write_aside(following, contents)
    if unmoved.update(**fields):
        for aside, final in with_files:
            aside.replace(final)
        ContentVersion.bump()  # the pages show sizes, pages and dates
        remove_old(following)
    else:
        for aside, _final in with_files:
            aside.unlink()
    return Edition.objects.get(pk=edition.pk)


def repair(edition: Edition, book: Book) -> Edition:
    """Puts files back that the disk has lost, with the same bytes; clears an outlived error."""
    if not all(path(edition, file_format).exists() for file_format in FORMATS):
        for aside, final in write_aside(edition, render(book, edition)):
            aside.replace(final)
    if edition.build_error != warning(book):
        edition.build_error = warning(book)
        edition.save(update_fields=["build_error"])
    return edition


def render(book: Book, edition: Edition) -> dict[Format, bytes]:
    return {each: each.render(book, edition) for each in FORMATS}


def write_aside(edition: Edition, contents: dict[Format, bytes]) -> list[tuple[Path, Path]]:
    """The files under names nobody reads, with the names they are to get by one rename."""
    folder().mkdir(parents=True, exist_ok=True)
    written = []
    for file_format, content in contents.items():
        with tempfile.NamedTemporaryFile(dir=folder(), suffix=".part", delete=False) as aside:
            aside.write(content)
        Path(aside.name).chmod(0o644)  # as the umask would, not the 0600 of a temporary file
        written.append((Path(aside.name), path(edition, file_format)))
    return written


def remove_old(edition: Edition) -> None:
    """Keeps the edition before, for who has just looked up its name, and lets go of older ones."""
    kept = {edition.number, edition.number - 1}
    for file in folder().glob(f"{edition.pk}-*-*"):
        if int(file.name.split("-")[1]) not in kept:
            file.unlink(missing_ok=True)
    for file in folder().glob("*.part"):  # of a build that was killed
        if time.time() - file.stat().st_mtime > 3600:
            file.unlink(missing_ok=True)


def warning(book: Book) -> str:
    """Names the letters that a format cannot show; "" if every format shows them all."""
    missing = {each: each.missing_letters(book) for each in FORMATS}
    return "\n".join(
        f"Built, but the {each} has no letters for: {letters}"
        for each, letters in missing.items()
        if letters
    )


def now():
    """To the second, as the files say it: a repaired file must have the same bytes."""
    return timezone.now().replace(microsecond=0)


class Watch:
    """Looks at one number to know that nothing changed; else builds what did."""

    def __init__(self):
        self.seen: int | None = None
        self.retry_at = 0.0

    def build_due(self) -> list[Edition]:
        version = ContentVersion.current()
        if version == self.seen and time.monotonic() < self.retry_at:
            return []
        # The version is read before the content: an edit in between is seen again next time.
        retry_at, moved = float("inf"), []
        for ebook in Ebook.objects.all():
            before = Edition.objects.filter(pk=ebook.pk).values_list("number", flat=True).first()
            try:
                edition = build(ebook)
            except BuildError:
                retry_at = time.monotonic() + RETRY_SECONDS
                continue
            if edition.number != before:
                moved.append(edition)
        # Only now: a database that was locked half-way must not pass for all being looked at.
        self.seen, self.retry_at = version, retry_at
        return moved


build_due = Watch().build_due

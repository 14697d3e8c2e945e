"""The files of an ebook: those that the practice uploaded, and those that were built."""

from dataclasses import dataclass

from django.db import models
from django.template.defaultfilters import pluralize
from django.utils import timezone

from articles.ebooks.formats import FORMATS, Format


class EbookUpload(models.Model):
    """A file of the practice's own; readers get it instead of the built file of that format."""

    shown_on_public_pages = True

    ebook = models.ForeignKey("articles.Ebook", on_delete=models.CASCADE, related_name="uploads")
    file_format = models.CharField("format", max_length=10)  # a code from ebooks/formats.py
    file = models.FileField(upload_to="ebooks/")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ebook", "file_format"], name="one_upload_a_format"),
        ]

    def __str__(self):
        return self.file.name


class EbookVersion(models.Model):
    """The uploads in a version of the history, because django-simple-history copies only columns.

    The conflict guard compares versions by the names of the form's fields, so each format's upload
    is also a property with that name.
    """

    uploads = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        abstract = True


def upload_in_version(file_format: Format) -> property:
    return property(lambda version: version.uploads.get(file_format.code, ""))


for _format in FORMATS:
    setattr(EbookVersion, _format.upload_field, upload_in_version(_format))


class Edition(models.Model):
    """The last good build of an ebook.

    It has its own row because only the builder writes it: an editor who saves an older form of the
    ebook must not undo a build.
    """

    ebook = models.OneToOneField(
        "articles.Ebook", on_delete=models.CASCADE, primary_key=True, related_name="edition"
    )
    number = models.PositiveIntegerField("edition", default=0)  # 0: never built
    made_at = models.DateTimeField("edition of", default=timezone.now)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    words = models.PositiveIntegerField(default=0)
    build_error = models.TextField(
        "why the last build failed",
        blank=True,
        help_text="Readers keep getting the last good edition until this is mended.",
    )

    def __str__(self):
        return f"{self.ebook}, edition {self.number}"

    @property
    def made_on(self) -> str:
        day = timezone.localtime(self.made_at)
        return f"{day:%B} {day.day}, {day.year}"

    @property
    def line(self) -> str:
        return f"Edition {self.number} of {self.made_on}."


class EditionFile(models.Model):
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="files")
    file_format = models.CharField("format", max_length=10)  # a code from ebooks/formats.py
    size = models.PositiveIntegerField("bytes")
    pages = models.PositiveSmallIntegerField(default=0)  # 0 for a format that has no pages

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "file_format"], name="one_edition_file_a_format"
            ),
        ]

    def __str__(self):
        return f"{self.edition}, {self.file_format}"


@dataclass(frozen=True)
class EbookFile:
    """A file that readers can download: its name under the person's library address."""

    name: str
    kind: str
    size: int
    pages: int = 0

    @property
    def label(self) -> str:
        """For the text of the link: "PDF, 12 pages, 183 kB"."""
        size = f"{self.size / 1e6:.1f} MB" if self.size >= 1e6 else f"{-(-self.size // 1000)} kB"
        pages = f"{self.pages} page{pluralize(self.pages)}" if self.pages else ""
        return ", ".join(part for part in (self.kind, pages, size) if part)

from dataclasses import dataclass

from django.db import models
from django.template.defaultfilters import pluralize
from django.utils import timezone
from simple_history.models import HistoricalRecords

from articles.models.addresses import HasFormerAddresses
from articles.models.pages import Section
from articles.upload_validators import is_epub, is_pdf
from clinic_site.plain_text import OneLineField


class EbookQuerySet(models.QuerySet):
    def published(self):
        """Published, and with something to hand out: files of its own, or chapters to make them of.

        One that could never be built is left out, so that no page counts or promises it.
        """
        has_own = ~models.Q(upload_epub="") & ~models.Q(upload_pdf="")
        has_chapters = models.Exists(EbookSection.objects.filter(ebook=models.OuterRef("pk")))
        failed = Edition.objects.filter(ebook=models.OuterRef("pk"), number=0)
        never_built = models.Exists(failed.exclude(build_error=""))
        return (
            self.filter(is_published=True)
            .filter(has_own | (has_chapters & ~never_built))
            .select_related("edition")
        )


class Ebook(HasFormerAddresses):
    """A list of the guides' sections, never a second copy of their text."""

    shown_on_public_pages = True

    title = OneLineField(max_length=120)
    slug = models.SlugField("address", max_length=80, unique=True)
    subtitle = OneLineField("cover line", max_length=200, blank=True)
    description = OneLineField(
        max_length=300, blank=True, help_text="What it teaches, in one line."
    )
    cover = models.CharField(max_length=40, blank=True)
    upload_epub = models.FileField(
        "EPUB of your own",
        upload_to="ebooks/",
        blank=True,
        validators=[is_epub],
        help_text="Replaces the EPUB that is made from the sections.",
    )
    upload_pdf = models.FileField(
        "PDF of your own",
        upload_to="ebooks/",
        blank=True,
        validators=[is_pdf],
        help_text="Replaces the PDF that is made from the sections.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Order in lists.")
    is_published = models.BooleanField("published", default=False)
    is_starter = models.BooleanField(
        "starter content", default=False, help_text="Came with the site; make it your own."
    )
    sections = models.ManyToManyField(Section, through="EbookSection", related_name="ebooks")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    objects = EbookQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]

    def __str__(self):
        return self.title

    @property
    def has_own_files(self) -> bool:
        return bool(self.upload_epub and self.upload_pdf)

    @property
    def files(self) -> list["EbookFile"]:
        """What there is to download: the upload where there is one, else what was built."""
        built = getattr(self, "edition", None) or Edition()
        files = [
            EbookFile(f"{self.slug}.epub", "EPUB", _size(self.upload_epub) or built.epub_size),
            EbookFile(
                f"{self.slug}.pdf",
                "PDF",
                _size(self.upload_pdf) or built.pdf_size,
                pages=0 if self.upload_pdf else built.pages,
            ),
        ]
        return [file for file in files if file.size]


class FormerEbookAddress(models.Model):
    ebook = models.ForeignKey(Ebook, on_delete=models.CASCADE, related_name="former_addresses")
    slug = models.SlugField(max_length=80, unique=True)

    def __str__(self):
        return self.slug


class EbookSection(models.Model):
    shown_on_public_pages = True

    ebook = models.ForeignKey(Ebook, on_delete=models.CASCADE, related_name="chapters")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="chapters")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ebook", "section"], name="section_is_once_in_ebook"),
        ]

    def __str__(self):
        return str(self.section)


class Edition(models.Model):
    """What was last built of an ebook.

    A row of its own, because the builder alone writes it: an editor who saves a form that was
    opened before must not turn it back.
    """

    ebook = models.OneToOneField(
        Ebook, on_delete=models.CASCADE, primary_key=True, related_name="edition"
    )
    number = models.PositiveIntegerField("edition", default=0)  # 0: never built
    made_at = models.DateTimeField("edition of", default=timezone.now)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    pages = models.PositiveSmallIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)
    epub_size = models.PositiveIntegerField("bytes of the EPUB", default=0)
    pdf_size = models.PositiveIntegerField("bytes of the PDF", default=0)
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


@dataclass(frozen=True)
class EbookFile:
    """A file of the library: its name under the person's library address, and what it is."""

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


def _size(upload) -> int:
    """Bytes of an uploaded file; 0 when there is none, or it is gone from the disk."""
    try:
        return upload.size if upload else 0
    except OSError:
        return 0

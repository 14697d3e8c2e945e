from django.core.files import File
from django.db import models
from django.db.models.fields.files import FieldFile
from django.dispatch import receiver
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from articles.ebooks.formats import BY_CODE, FORMATS, Format
from articles.models.addresses import HasFormerAddresses
from articles.models.ebook_files import EbookFile, EbookUpload, EbookVersion, Edition
from articles.models.pages import Section
from clinic_site.plain_text import OneLineField


class EbookQuerySet(models.QuerySet):
    def published(self):
        """Published, and with files: uploads in every format, or chapters to build them from.

        An ebook whose only build failed is left out, so that no page counts or offers it.
        """
        uploads = EbookUpload.objects.filter(ebook=models.OuterRef("pk"))
        has_uploads = models.Q(
            *(models.Exists(uploads.filter(file_format=each.code)) for each in FORMATS)
        )
        has_chapters = models.Exists(EbookSection.objects.filter(ebook=models.OuterRef("pk")))
        failed = Edition.objects.filter(ebook=models.OuterRef("pk"), number=0)
        never_built = models.Exists(failed.exclude(build_error=""))
        return self.filter(is_published=True).filter(has_uploads | (has_chapters & ~never_built))

    def with_files(self):
        """Reads what the property `files` needs, in as many queries for one ebook as for all."""
        return self.select_related("edition").prefetch_related("uploads", "edition__files")


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
    position = models.PositiveSmallIntegerField(default=0, help_text="Order in lists.")
    is_published = models.BooleanField("published", default=False)
    is_starter = models.BooleanField(
        "starter content", default=False, help_text="Came with the site; make it your own."
    )
    sections = models.ManyToManyField(Section, through="EbookSection", related_name="ebooks")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(bases=[EbookVersion])

    objects = EbookQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        # The files are stored before the row, because saving the row adds a version to the
        # history, which names the stored files.
        for upload in self.unsaved_uploads.values():
            EbookUpload._meta.get_field("file").pre_save(upload, add=True)
        super().save(*args, **kwargs)
        for code, upload in self.unsaved_uploads.items():
            if upload.file:
                self.uploads.update_or_create(file_format=code, defaults={"file": upload.file.name})
            else:
                self.uploads.filter(file_format=code).delete()
        self.unsaved_uploads.clear()
        getattr(self, "_prefetched_objects_cache", {}).pop("uploads", None)

    @cached_property
    def unsaved_uploads(self) -> dict[str, EbookUpload]:
        """What set_upload() changed since the last save(), by the format's code."""
        return {}

    def set_upload(self, file_format: Format, file: File | None) -> None:
        """Replaces the upload of a format, or removes it (None). save() writes the change."""
        upload = EbookUpload(file_format=file_format.code, file=file)
        self.unsaved_uploads[file_format.code] = upload

    @property
    def own_files(self) -> dict[Format, FieldFile]:
        """The practice's uploads."""
        stored = self.uploads.all() if self.pk else ()
        uploads = {upload.file_format: upload for upload in stored} | self.unsaved_uploads
        return {
            BY_CODE[code]: upload.file
            for code, upload in uploads.items()
            if upload.file and code in BY_CODE
        }

    @property
    def has_own_files(self) -> bool:
        return len(self.own_files) == len(FORMATS)

    @property
    def files(self) -> list[EbookFile]:
        """What readers can download: in each format the upload, or else the built file."""
        edition, own = getattr(self, "edition", None), self.own_files
        built = {file.file_format: file for file in edition.files.all()} if edition else {}
        found = []
        for each in FORMATS:
            name, label = f"{self.slug}.{each.code}", each.label
            if size := size_of(own.get(each)):
                found.append(EbookFile(name, label, size))
            elif file := built.get(each.code):
                found.append(EbookFile(name, label, file.size, file.pages))
        return found


@receiver(pre_create_historical_record, sender=Ebook.history.model)
def add_uploads_to_version(instance: Ebook, history_instance, **_kwargs) -> None:
    if history_instance.history_type == "-":
        # The rows of the uploads are deleted before the ebook's.
        before = Ebook.history.filter(id=instance.pk).first()
        history_instance.uploads = before.uploads if before else {}
    else:
        own = instance.own_files.items()
        history_instance.uploads = {each.code: file.name for each, file in own}


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


def size_of(upload: FieldFile | None) -> int:
    """Bytes of an uploaded file; 0 if there is none, or if the storage has lost it."""
    try:
        return upload.size if upload else 0
    except OSError:
        return 0

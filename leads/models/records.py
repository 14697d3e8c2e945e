"""What is counted, and which of the staff saw what; and how a ledger is kept."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AppendOnlyError(Exception):
    """A line of a ledger was to be changed."""


class LedgerQuerySet(models.QuerySet):
    def update(self, **fields):
        raise AppendOnlyError(f"{self.model.__name__}: write a new line, never change one")


class Ledger(models.Model):
    """Lines that prove something, so they are written once; only erasing a person deletes them."""

    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **kwargs):
        # In save(), because code that means well is what changes a line by mistake.
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__}: write a new line, never change one")
        super().save(**kwargs)


class Attempt(models.Model):
    """How often something was posted in one hour, by hashes that live for a day (promise 14)."""

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    hour = models.DateTimeField(help_text="When it began.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "hour"], name="one_count_an_hour"),
        ]
        indexes = [models.Index(fields=["hour"], name="attempt_hour")]

    def __str__(self):
        return f"{self.kind}: {self.count}"


class AccessRecord(Ledger):
    """Which of the staff looked at or took along whose data, and when."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    username = models.CharField(max_length=150, help_text="Stays when the login is deleted.")
    what = models.CharField(max_length=40)
    # The row's number, never a name: this list outlives the people on it.
    about = models.CharField(max_length=80)

    class Meta:
        verbose_name = "look at personal data"
        verbose_name_plural = "looks at personal data"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="access_newest")]

    def __str__(self):
        return f"{self.what}: {self.about}"


class DownloadCount(models.Model):
    """How often a book was downloaded on a day: a number, without a trace of who."""

    # The address and not the row, so that the numbers outlive a book that is deleted.
    ebook = models.SlugField("ebook", max_length=80)
    file_format = models.CharField("format", max_length=4)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "ebook", "file_format"]
        constraints = [
            models.UniqueConstraint(
                fields=["ebook", "file_format", "day"], name="one_count_a_book_and_day"
            ),
        ]

    def __str__(self):
        return f"{self.ebook}.{self.file_format}: {self.count}"

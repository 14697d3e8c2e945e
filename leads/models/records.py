"""Append-only ledgers, the access log, and counters of posts and downloads."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AppendOnlyError(Exception):
    """Raised when code tries to change an entry of a ledger."""


class LedgerQuerySet(models.QuerySet):
    def update(self, **fields):
        raise AppendOnlyError(f"{self.model.__name__}: add an entry instead of changing one")


class Ledger(models.Model):
    """Entries that serve as proof, so they never change. Erasing a person deletes their entries."""

    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **kwargs):
        # In save(), so that a mistake in our own code cannot change an entry either.
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__}: add an entry instead of changing one")
        super().save(**kwargs)


class Attempt(models.Model):
    """How many posts with the same key came in one hour. Keys are daily hashes (promise 14)."""

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    hour = models.DateTimeField(help_text="The start of the hour.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "hour"], name="one_count_an_hour"),
        ]
        indexes = [models.Index(fields=["hour"], name="attempt_hour")]

    def __str__(self):
        return f"{self.kind}: {self.count}"


class AccessRecord(Ledger):
    """An entry of the access log: who of the staff saw or exported whose data, and when."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    username = models.CharField(max_length=150, help_text="Kept when the login is deleted.")
    what = models.CharField(max_length=40)
    # The number of a row and never a name, because records outlive an erased person.
    about = models.CharField(max_length=80)

    class Meta:
        verbose_name = "access record"
        verbose_name_plural = "access log"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="access_newest")]

    def __str__(self):
        return f"{self.what}: {self.about}"


class DownloadCount(models.Model):
    """How often an ebook was downloaded on a day, without any trace of the reader."""

    # The slug and not a foreign key, so that the numbers outlive a deleted ebook.
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

"""What is counted, and which of the staff saw what."""

from django.conf import settings
from django.db import models
from django.utils import timezone


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


class AccessRecord(models.Model):
    """Which of the staff looked at or took along whose data, and when. Written, never changed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    username = models.CharField(max_length=150, help_text="Stays when the login is deleted.")
    at = models.DateTimeField(default=timezone.now, editable=False)
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

from django.db import models
from simple_history.models import HistoricalRecords

from clinic_site.plain_text import LinesField, OneLineField


class TestimonialQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True).exclude(
            authorization=Testimonial.Authorization.REVOKED
        )


class Testimonial(models.Model):
    shown_on_public_pages = True

    class Authorization(models.TextChoices):
        UNKNOWN = "unknown", "Not known"
        ON_FILE = "on_file", "Written authorization on file"
        REVOKED = "revoked", "Revoked: shown nowhere"

    name = OneLineField(max_length=80, help_text="As the person agreed to be named.")
    quote = LinesField(help_text="Word for word. Changed words need a new authorization.")
    is_published = models.BooleanField("published", default=False)
    authorization = models.CharField(
        max_length=10, choices=Authorization, default=Authorization.UNKNOWN
    )
    authorization_note = OneLineField(
        max_length=200, blank=True, help_text="Where the signed paper is, and its date."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Order on the pages.")
    # Whoever takes back what they said gets it out of the history too.
    history = HistoricalRecords(cascade_delete_history=True)

    objects = TestimonialQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name

import unicodedata

from django.db import models
from simple_history.models import HistoricalRecords

from clinic_site.plain_text import LinesField, OneLineField


class TestimonialQuerySet(models.QuerySet):
    def published(self):
        """Those that have a name, and are authorized in writing or have the words that the practice
        supplied (promise 24).
        """
        on_file = models.Q(authorization=Testimonial.Authorization.ON_FILE)
        supplied = models.Q(authorization=Testimonial.Authorization.UNKNOWN, is_supplied=True)
        return self.filter(on_file | supplied, is_published=True).exclude(name="")


def same_words(one: str, other: str) -> bool:
    """Ignores white space, line ends and the two encodings of an accented letter."""
    first, second = (unicodedata.normalize("NFC", text).split() for text in (one, other))
    return first == second


class Testimonial(models.Model):
    shown_on_public_pages = True

    class Authorization(models.TextChoices):
        UNKNOWN = "unknown", "Not recorded"
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
    is_supplied = models.BooleanField(
        "in the words the practice supplied", default=False, db_default=False, editable=False
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Order on the pages.")
    # A deleted testimonial must disappear from the history too.
    history = HistoricalRecords(cascade_delete_history=True)

    objects = TestimonialQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name

    def save(self, *args, update_fields=None, **kwargs):
        """Unpublishes changed words, because an authorization covers only the signed words.

        This is in the model and not in the admin, because commands and imports must keep promise 24
        too.
        """
        stored = Testimonial.objects.filter(pk=self.pk).first()
        if stored and not self.has_words_of(stored):
            self.reset_authorization(stored)
        if self.authorization == self.Authorization.REVOKED:
            self.is_supplied = False
        if not self.may_be_public:
            self.is_published = False
        if update_fields is not None:
            update_fields = {*update_fields, "authorization", "is_supplied", "is_published"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def may_be_public(self) -> bool:
        if self.authorization == self.Authorization.UNKNOWN:
            return self.is_supplied
        return self.authorization == self.Authorization.ON_FILE

    def has_words_of(self, other: "Testimonial") -> bool:
        return same_words(self.name, other.name) and same_words(self.quote, other.quote)

    def reset_authorization(self, stored: "Testimonial") -> None:
        """Removes the authorization, because it was given for other words.

        If its note changed too, staff recorded a new authorization, so it stays.
        """
        was_on_file = stored.authorization == self.Authorization.ON_FILE
        is_on_file = self.authorization == self.Authorization.ON_FILE
        if was_on_file and is_on_file and self.authorization_note == stored.authorization_note:
            self.authorization = self.Authorization.UNKNOWN
        self.is_supplied = self.is_back_to_supplied_words()

    def is_back_to_supplied_words(self) -> bool:
        """Lets staff undo a typing error in the supplied words."""
        if self.history.filter(authorization=self.Authorization.REVOKED).exists():
            return False
        return any(self.has_words_of(row.instance) for row in self.history.filter(is_supplied=True))

from datetime import tzinfo

from django.core.exceptions import ValidationError
from django.db import Error, models
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from simple_history.models import HistoricalRecords
from solo.models import SingletonModel

from clinic_site import phone
from clinic_site.plain_text import LinesField, OneLineField
from clinic_site.zones import find_zone


def validate_zone(name: str) -> None:
    if find_zone(name) is None:
        raise ValidationError("Enter a zone name such as America/Detroit.")


class E164Field(models.CharField):
    """A phone number. Staff type it in any American style, and it is stored as E.164."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **({"max_length": 20} | kwargs))

    def to_python(self, value):
        # A stored number is not parsed again, because `+248…` is foreign if it is stored, but
        # American if it is typed.
        return value if phone.is_stored(value or "") else self.read(value)

    def clean(self, value, model_instance):
        return super().clean(self.read(value), model_instance)

    def read(self, typed):
        if not typed:
            return ""
        try:
            return phone.to_e164(typed)
        except phone.UnclearPhoneNumberError as error:
            american, other = error.reading.described
            raise ValidationError(
                f"This can be {american} or {other}. If it is {american}, type it with +1 in front."
            ) from None
        except phone.NotAPhoneNumberError:
            raise ValidationError("Enter a phone number, such as (248) 555-0123.") from None


class PhoneWithExtensionField(E164Field):
    """A phone number with its extension, stored as `+12485550123;ext=12`."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **({"max_length": 40} | kwargs))

    def read(self, typed):
        number = super().read(typed)
        return phone.with_extension(number, phone.extension(typed, number)) if number else ""


class Practice(SingletonModel):
    """The one record about the clinic. Pages leave out each field that is empty."""

    shown_on_public_pages = True

    name = OneLineField("name of the practice", max_length=120, blank=True)
    phone = PhoneWithExtensionField(
        blank=True,
        help_text="Shown in the header, the footer, mails and ebooks. An extension is dialed too: "
        "(248) 555-0123 ext. 12.",
    )
    email = models.EmailField("public email address", blank=True)
    region = OneLineField(max_length=120, blank=True, help_text="For example: south-east Michigan.")
    street = OneLineField(max_length=120, blank=True)
    city = OneLineField(max_length=80, blank=True)
    state = OneLineField(max_length=40, blank=True)
    postal_code = OneLineField("ZIP code", max_length=12, blank=True)
    time_zone = models.CharField(
        max_length=60,
        blank=True,
        validators=[validate_zone],
        help_text="Every time is shown in this zone, such as America/Detroit. If it is empty, the "
        "zone in the server's settings is used.",
    )
    opening_hours = LinesField(
        blank=True,
        help_text="In words: one line for each day or group of days. Not shown while it is empty.",
    )
    licences = LinesField("licence numbers", blank=True)
    clinicians = LinesField(
        blank=True,
        help_text="Names and credentials, one person a line. Not shown while it is empty.",
    )
    prices = LinesField(blank=True)
    reply_promise = OneLineField(
        max_length=160,
        blank=True,
        help_text="When people can expect your call, such as: We call back within one working "
        "day. Shown after a consultation request. Promise only what you can keep.",
    )
    typicality_line = OneLineField(
        max_length=300,
        blank=True,
        help_text="Shown with the testimonials: how typical these results are.",
    )
    news_consent_text = OneLineField(
        max_length=300,
        blank=True,
        help_text="The exact words beside the box for news. Each consent stores the words that the "
        "person saw.",
    )
    unadvised_words = OneLineField(
        "words to avoid",
        max_length=300,
        blank=True,
        default="proven, prove, cure, guarantee, miracle, painless, risk-free, breakthrough",
        help_text="Separated by commas. The editor warns about them, but you can still save them.",
    )
    history = HistoricalRecords()

    _remembered: "Practice | None" = None

    class Meta:
        verbose_name = verbose_name_plural = "practice"

    def __str__(self):
        return self.name or "The practice"

    @classmethod
    def load(cls) -> "Practice":
        """Reads the record. If the database fails, returns the record as it was last read."""
        try:
            Practice._remembered = cls.objects.filter(pk=cls.singleton_instance_id).first() or cls()
        except Error:
            if Practice._remembered is None:
                raise
        return Practice._remembered

    @classmethod
    def remembered(cls) -> "Practice":
        """The record as it was last read, for error pages, which must not query the database."""
        return cls._remembered or cls()

    @property
    def phone_national(self) -> str:
        return phone.national(self.phone) if self.phone else ""

    @property
    def phone_uri(self) -> str:
        return phone.uri(self.phone) if self.phone else ""

    @property
    def zone(self) -> tzinfo:
        """The zone in which the site shows and reads every time.

        It is that of TIME_ZONE if the record has none, or has one that this machine does not know.
        """
        return find_zone(self.time_zone) or timezone.get_default_timezone()

    @property
    def postal_address(self) -> str:
        """The address on one line; empty while street or city is empty."""
        if not (self.street and self.city):
            return ""
        return f"{self.street}, {self.city}, {self.state} {self.postal_code}".strip().rstrip(",")


def practice_in_templates(request):
    return {"practice": SimpleLazyObject(Practice.load)}


class ContentVersion(models.Model):
    """One row whose number grows with every edit of public content.

    The page caches of all processes read it, and empty themselves when it has grown.
    """

    number = models.PositiveBigIntegerField(default=0)

    @classmethod
    def bump(cls) -> None:
        if not cls.objects.filter(pk=1).update(number=models.F("number") + 1):
            cls.objects.get_or_create(pk=1, defaults={"number": 1})

    @classmethod
    def current(cls) -> int:
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0


class GivenOnce(models.Model):
    """Records what the site created once, so that it does not come back after staff delete it.

    There are two tables, because a move to another database (docs/runbook.md) copies the
    StarterItems, but not the GroupGrants: `migrate` creates these again in the new database.
    """

    key = models.CharField(max_length=200, unique=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.key


class StarterItem(GivenOnce):
    """A piece of starter content that load_starter_content loaded."""

    loaded_at = models.DateTimeField(auto_now_add=True)


class GroupGrant(GivenOnce):
    """A right that staff/groups.py gave to a group, or the group itself."""


class Heartbeat(models.Model):
    """The row that /readyz writes, because only a write shows that the database accepts one."""

    at = models.DateTimeField()

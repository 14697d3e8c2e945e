"""People who raised a hand, what was done about it, and what they agreed to."""

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from clinic_site import phone
from clinic_site.models import PhoneField
from clinic_site.plain_text import LinesField
from leads.models.mail import Bounce
from leads.models.records import Ledger


def public_id() -> str:
    """128 random bits that stand for a row in signed links, so that nothing personal does."""
    return secrets.token_urlsafe(16)


class LeadQuerySet(models.QuerySet):
    def not_held_back(self):
        return self.filter(suspicion="")

    def held_back(self):
        return self.exclude(suspicion="")

    def with_bounce(self):
        """Each with `bounce`: why mail does not reach them, in a word of Bounce.Reason, or None."""
        bounces = Bounce.objects.filter(address=Lower(models.OuterRef("email")))
        return self.annotate(bounce=models.Subquery(bounces.values("reason")[:1]))


class Lead(models.Model):
    """What every person who raised a hand has in common."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    page = models.CharField(
        max_length=200, blank=True, editable=False, help_text="The page whose form was sent."
    )
    suspicion = models.CharField(
        "held back because",
        max_length=400,
        blank=True,
        editable=False,
        help_text="Why the post looks like a bot's. No mail goes out while this is set.",
    )
    notes = LinesField(blank=True, help_text="For the team only.")
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_held_back(self) -> bool:
        return bool(self.suspicion)


class EbookSignupQuerySet(LeadQuerySet):
    def with_news(self):
        """Each with `news_event`: their last word about the news, of Consent.Event, or None.

        The last by key and not by time: a clock may be set back, the ledger not.
        """
        said = Consent.objects.filter(signup=models.OuterRef("pk"), purpose=Consent.Purpose.NEWS)
        return self.annotate(news_event=models.Subquery(said.order_by("-pk").values("event")[:1]))

    def news_readers(self):
        """Who confirmed the news and has not withdrawn since, and whom mail reaches."""
        return (
            self.not_held_back()
            .with_news()
            .filter(news_event=Consent.Event.CONFIRMED)
            .exclude(email_key__in=Bounce.objects.values("address"))
        )


class EbookSignup(Lead):
    class Status(models.TextChoices):
        NEW = "new", "New"
        CONTACTED = "contacted", "Contacted"
        PATIENT = "patient", "Became a patient"
        CLOSED = "closed", "Closed"

    first_name = models.CharField(max_length=80)
    email = models.EmailField("email", max_length=254, help_text="As it was typed.")
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    last_seen_at = models.DateTimeField(
        default=timezone.now,
        db_default=Now(),
        editable=False,
        help_text="Of a sign-up or a wish for the link. How long they are kept counts from here.",
    )

    objects = EbookSignupQuerySet.as_manager()  # type: ignore[misc]  # Lead's, and one more method

    class Meta:
        verbose_name = "ebook sign-up"
        permissions = [("export_ebooksignup", "Can export ebook sign-ups")]
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "-received_at"], name="signup_worklist"),
            models.Index(fields=["-received_at"], name="signup_newest"),
            models.Index(
                fields=["received_at"], condition=~models.Q(suspicion=""), name="signup_held_back"
            ),
        ]

    def __str__(self):
        return f"Sign-up #{self.pk}"


class ConsultationRequest(Lead):
    class BestTime(models.TextChoices):
        MORNING = "morning", "Morning"
        AFTERNOON = "afternoon", "Afternoon"
        EVENING = "evening", "Evening"
        ANY = "any", "Any time"

    class Status(models.TextChoices):
        NEW = "new", "To call"
        TRIED = "tried", "Tried, call again"
        REACHED = "reached", "Reached"
        BOOKED = "booked", "Consultation booked"
        CLOSED = "closed", "Closed"

    OPEN_STATUSES = (Status.NEW, Status.TRIED)

    name = models.CharField(max_length=80)
    phone = PhoneField(blank=True)
    phone_typed = models.CharField("phone as typed", max_length=30, blank=True, editable=False)
    email = models.EmailField("email", max_length=254, blank=True)
    best_time = models.CharField(max_length=10, choices=BestTime, default=BestTime.ANY)
    note = models.TextField("their note", max_length=1000, blank=True)
    voicemail_ok = models.BooleanField("may leave a voicemail", default=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)

    class Meta:
        ordering = ["-received_at", "-pk"]
        permissions = [("export_consultationrequest", "Can export consultation requests")]
        indexes = [
            models.Index(fields=["status", "-received_at"], name="request_worklist"),
            models.Index(fields=["-received_at"], name="request_newest"),
            models.Index(
                fields=["received_at"],
                condition=~models.Q(suspicion=""),
                name="request_held_back",
            ),
            models.Index(Lower("email"), name="request_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(phone="", email=""), name="request_can_be_answered"
            ),
        ]

    def __str__(self):
        return f"Request #{self.pk}"

    @property
    def phone_to_dial(self) -> str:
        """With the extension, which is in what was typed alone: there is no E.164 of it."""
        if not self.phone:
            return ""
        return phone.with_extension(self.phone, phone.extension(self.phone_typed, self.phone))

    @property
    def phone_national(self) -> str:
        return phone.national(self.phone_to_dial)

    @property
    def phone_uri(self) -> str:
        return phone.uri(self.phone_to_dial)


class RequestEvent(Ledger):
    """What the team did about a request: who, what, when."""

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="events"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    what = models.CharField(max_length=200)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.what


class Consent(Ledger):
    """A line for each time someone agreed or withdrew: the words they saw, where, when and how."""

    class Purpose(models.TextChoices):
        NEWS = "news", "News by email"
        VOICEMAIL = "voicemail", "Voicemail about the request"

    class Event(models.TextChoices):
        ASKED = "asked", "Ticked the box"
        CONFIRMED = "confirmed", "Confirmed by the mailed link"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Channel(models.TextChoices):
        FORM = "form", "By the box of a form"
        LINK = "link", "By the button behind a mailed link"
        ONE_CLICK = "one-click", "By the button of their mail program"
        STAFF = "staff", "Told our staff"
        COMPLAINT = "complaint", "Marked our mail as spam"

    signup = models.ForeignKey(
        EbookSignup, on_delete=models.CASCADE, null=True, blank=True, related_name="consents"
    )
    request = models.ForeignKey(
        ConsultationRequest,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="consents",
    )
    purpose = models.CharField(max_length=10, choices=Purpose)
    event = models.CharField(max_length=10, choices=Event)
    wording = models.CharField(max_length=300, help_text="Exactly what stood beside the box.")
    page = models.CharField(max_length=200, blank=True)
    channel = models.CharField(
        "how", max_length=10, choices=Channel, blank=True, default="", db_default=""
    )

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signup__isnull=False) ^ models.Q(request__isnull=False),
                name="consent_is_of_one_person",
            ),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()}: {self.get_event_display()}"

    @property
    def version(self) -> str:
        """Which wording it was: the same for the same words, another when a word has changed."""
        return wording_version(self.wording)


def wording_version(wording: str) -> str:
    return hashlib.sha256(wording.encode()).hexdigest()[:8]

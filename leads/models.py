import secrets
from datetime import timedelta

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords

from articles.rich_text import RichTextField
from clinic_site import phone
from clinic_site.models import PhoneField


def public_id() -> str:
    """128 random bits that stand for a row in signed links, so that nothing personal does."""
    return secrets.token_urlsafe(16)


class LeadQuerySet(models.QuerySet):
    def taken(self):
        return self.filter(suspicion="")

    def quarantined(self):
        return self.exclude(suspicion="")


class Lead(models.Model):
    """What every person who raised a hand has in common."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    page = models.CharField(
        max_length=200, blank=True, editable=False, help_text="The page whose form was sent."
    )
    suspicion = models.CharField(
        "held back because",
        max_length=200,
        blank=True,
        editable=False,
        help_text="Why the post looks like a bot's. No mail goes out while this is set.",
    )
    notes = models.TextField(blank=True, help_text="For the team only.")
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_quarantined(self) -> bool:
        return bool(self.suspicion)


class EbookSignupQuerySet(LeadQuerySet):
    def news_readers(self):
        """Who confirmed the news and has not withdrawn since: their last word counts.

        By key and not by time, because a clock may be set back and the ledger may not.
        """
        said = Consent.objects.filter(signup=models.OuterRef("pk"), purpose=Consent.Purpose.NEWS)
        return (
            self.taken()
            .annotate(news_event=models.Subquery(said.order_by("-pk").values("event")[:1]))
            .filter(news_event=Consent.Event.CONFIRMED)
        )


class EbookSignup(Lead):
    class Status(models.TextChoices):
        NEW = "new", "New"
        CONTACTED = "contacted", "Contacted"
        PATIENT = "patient", "Became a patient"
        CLOSED = "closed", "Closed"

    first_name = models.CharField(max_length=80)
    email = models.EmailField("e-mail", max_length=254, help_text="As it was typed.")
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)

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
    email = models.EmailField("e-mail", max_length=254, blank=True)
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
    def phone_national(self) -> str:
        return phone.national(self.phone) if self.phone else ""


class RequestEvent(models.Model):
    """What the team did about a request: who, what, when. Written, never changed."""

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    what = models.CharField(max_length=200)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.what


class Consent(models.Model):
    """The ledger: a line for each time someone agreed or withdrew, with the words they saw."""

    class Purpose(models.TextChoices):
        NEWS = "news", "News by e-mail"
        VOICEMAIL = "voicemail", "Voicemail about the request"

    class Event(models.TextChoices):
        ASKED = "asked", "Ticked the box"
        CONFIRMED = "confirmed", "Confirmed by the mailed link"
        WITHDRAWN = "withdrawn", "Withdrawn"

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
    at = models.DateTimeField(default=timezone.now, editable=False)

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

    name = models.CharField(max_length=80, help_text="As the person agreed to be named.")
    quote = models.TextField(help_text="Word for word. Changed words need a new authorization.")
    is_published = models.BooleanField("published", default=False)
    authorization = models.CharField(
        max_length=10, choices=Authorization, default=Authorization.UNKNOWN
    )
    authorization_note = models.CharField(
        max_length=200, blank=True, help_text="Where the signed paper is, and its date."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Order on the pages.")
    history = HistoricalRecords()

    objects = TestimonialQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name


class OutgoingMailQuerySet(models.QuerySet):
    def due(self):
        """Waiting for the worker: never tried, or its pause or a dead worker's lease is over."""
        now = timezone.now()
        # No pause and no lease is as long: what is due later was queued by a clock gone wrong.
        wrong = now + timedelta(hours=7)
        return self.waiting().filter(models.Q(due_at__lte=now) | models.Q(due_at__gt=wrong))

    def waiting(self):
        return self.filter(state=OutgoingMail.State.QUEUED)


class OutgoingMail(models.Model):
    """The outbox: written in the transaction of what causes the mail, sent by the worker."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed for good"

    kind = models.CharField(max_length=40)
    to = models.EmailField(max_length=254)
    to_key = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(
        default=timezone.now,
        help_text="When it is tried next. A claim moves it ahead: that is the worker's lease.",
    )
    last_error = models.CharField("the server's words", max_length=300, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    news = models.ForeignKey(
        "NewsMessage", on_delete=models.PROTECT, null=True, blank=True, related_name="mails"
    )

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = "outgoing mail"
        verbose_name_plural = "outbox"
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="mail_due"),
            models.Index(fields=["to_key", "kind", "queued_at"], name="mail_to_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["news", "to_key"], name="news_is_mailed_once_to_a_reader"
            ),
        ]

    def __str__(self):
        return f"{self.kind} #{self.pk}"


class NewsMessage(models.Model):
    """A short note to everyone who asked for news and confirmed it."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SENDING = "sending", "Being handed to the outbox"
        SENT = "sent", "Handed to the outbox"

    subject = models.CharField(
        max_length=120,
        validators=[RegexValidator(r"[\x00-\x1f]", "Use one line.", inverse_match=True)],
        help_text="What stands in the inbox.",
    )
    body = RichTextField(help_text="[phone] and [practice] are filled in.")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(
        null=True, editable=False, help_text="When the last mail went into the outbox."
    )

    class Meta:
        verbose_name = "news message"
        ordering = ["-created_at", "-pk"]
        permissions = [("send_newsmessage", "Can send a news message to its readers")]

    def __str__(self):
        return self.subject


class Suppression(models.Model):
    """An address that gets no news: all that stays of someone who was erased (promise 22)."""

    address_hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"Suppression #{self.pk}"


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

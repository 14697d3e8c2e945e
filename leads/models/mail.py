"""The outbox, news messages, and addresses that mail does not reach or that get no news."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from articles.rich_text.cleaning import RichTextField


class OutgoingMailQuerySet(models.QuerySet):
    def due(self):
        """Mails to send now: new ones, and those whose pause or lease is over."""
        now = timezone.now()
        # Pauses and leases are shorter than this. A later `due_at` was written while the server's
        # clock was wrong, so such a mail is due now.
        too_late = now + timedelta(hours=7)
        return self.waiting().filter(models.Q(due_at__lte=now) | models.Q(due_at__gt=too_late))

    def waiting(self):
        return self.filter(state=OutgoingMail.State.QUEUED)


class OutgoingMail(models.Model):
    """A mail in the outbox. It is queued in the same transaction as the row that causes it."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed for good"

    kind = models.CharField(max_length=40)
    to = models.EmailField(max_length=254)
    to_key = models.CharField(max_length=254)
    mailbox = models.CharField(
        max_length=254,
        blank=True,
        editable=False,
        db_default="",
        help_text="Where mail to the address ends up. The daily limit counts by it.",
    )
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(
        default=timezone.now,
        help_text="When the next try is due. While a worker sends the mail: when its lease ends.",
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
            models.Index(fields=["to_key"], name="mail_to_person"),
            models.Index(fields=["mailbox", "kind", "queued_at"], name="mail_to_mailbox"),
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
        help_text="The line that readers see in their inbox.",
    )
    body = RichTextField(
        help_text="The site replaces [phone] and [practice] with your phone number and name."
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(
        null=True, editable=False, help_text="When the last mail was put into the outbox."
    )

    class Meta:
        verbose_name = "news message"
        ordering = ["-created_at", "-pk"]
        permissions = [("send_newsmessage", "Can send a news message to its readers")]

    def __str__(self):
        return self.subject


class Bounce(models.Model):
    """An address that mail does not reach. Staff call the person instead, and it gets no news."""

    class Reason(models.TextChoices):
        DEAD = "dead", "Mail came back"
        COMPLAINT = "complaint", "Marked our mail as spam"

    address = models.CharField(max_length=254, unique=True)
    reason = models.CharField(max_length=10, choices=Reason)
    words = models.CharField("the server's words", max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "address that mail does not reach"
        verbose_name_plural = "bounced addresses"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"Bounce #{self.pk}"


class Suppression(models.Model):
    """The hash of an address that gets no news. Only this stays after an erasure (promise 22)."""

    address_hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"Suppression #{self.pk}"

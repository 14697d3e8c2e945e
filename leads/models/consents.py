"""What people agreed to and withdrew, line by line."""

import hashlib

from django.db import models

from leads.models.records import Ledger


class Consent(Ledger):
    """One line each time someone agreed or withdrew: the words they saw, where, when and how."""

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
        "EbookSignup", on_delete=models.CASCADE, null=True, blank=True, related_name="consents"
    )
    request = models.ForeignKey(
        "ConsultationRequest",
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
        """A short code for the wording. Two entries have the same code only for the same words."""
        return wording_version(self.wording)


def wording_version(wording: str) -> str:
    return hashlib.sha256(wording.encode()).hexdigest()[:8]

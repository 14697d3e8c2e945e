"""Requests for a consultation, and what the team did about each."""

from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from clinic_site import phone
from clinic_site.models import E164Field
from leads.addresses import fold
from leads.models.people import CHANGED, CODE, NOTES, PAGE, STATUS, SUSPICION, TIME, Lead
from leads.models.personal_field import PersonalField
from leads.models.records import Ledger

PHONE = PersonalField("Phone number", "To call you back")


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
    not_posted = Lead.not_posted | {"digest"}

    name = models.CharField(max_length=80)
    phone = E164Field(blank=True)
    phone_typed = models.CharField("phone as typed", max_length=30, blank=True, editable=False)
    email = models.EmailField("email", max_length=254, blank=True)
    best_time = models.CharField(max_length=10, choices=BestTime, default=BestTime.ANY)
    note = models.TextField("their note", max_length=1000, blank=True)
    voicemail_ok = models.BooleanField("may leave a voicemail", default=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)

    personal_fields: ClassVar = {
        "name": PersonalField("Name", "To know whom to ask for"),
        "phone": PHONE,
        "phone_typed": PHONE,
        "email": PersonalField("Email address", "To confirm your request and to write back"),
        "best_time": PersonalField("Best time to call", "To call when it suits you"),
        "note": PersonalField("Your note", "To prepare for the call"),
        "voicemail_ok": PersonalField("Whether we may leave a voicemail", "To keep to your choice"),
        "page": PAGE,
        "received_at": TIME,
        "updated_at": CHANGED,
        "public_id": CODE,
        "digest": PersonalField(
            "A code made from the form", "So that a double click makes one request"
        ),
        "status": STATUS,
        "notes": NOTES,
        "suspicion": SUSPICION,
    }

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

    @cached_property
    def email_key(self) -> str:
        """The address as it is compared. A sign-up has a column of this name."""
        return fold(self.email)

    @property
    def phone_to_dial(self) -> str:
        """The number with its extension. E.164 has none, so it is read from what was typed."""
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
    """What a member of the team did about a request, and when."""

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

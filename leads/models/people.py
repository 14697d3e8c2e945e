"""What all leads have in common, and the people who signed up for the ebooks."""

import secrets
from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from clinic_site.plain_text import LinesField
from leads.models.consents import Consent
from leads.models.mail import Bounce
from leads.models.personal_field import HELD_BACK, PersonalField

EMAIL = PersonalField(
    "Email address", "To send you the link to your ebooks, and news if you asked for it"
)
PAGE = PersonalField("The page you sent the form from", "To see which pages help people")
TIME = PersonalField("When you sent the form", "To answer in order, and to know when to delete it")
CHANGED = PersonalField("When we last changed the entry", "To keep our work in order")
CODE = PersonalField(
    "A random code", "Stands for you in the links we mail, so that they do not name you"
)
STATUS = PersonalField("How far we are", "To know whom to answer next")
NOTES = PersonalField("Our notes", "To remember what we talked about")
SUSPICION = PersonalField("Why a form looked like spam", "To check it by hand", HELD_BACK)


def public_id() -> str:
    """128 random bits that name a row in signed links, so that a link holds nothing personal."""
    return secrets.token_urlsafe(16)


class LeadQuerySet(models.QuerySet):
    def not_held_back(self):
        return self.filter(suspicion="")

    def held_back(self):
        return self.exclude(suspicion="")

    def with_bounce(self):
        """Adds `bounce`, the Bounce.Reason why mail does not reach them, or None."""
        bounces = Bounce.objects.filter(address=Lower(models.OuterRef("email")))
        return self.annotate(bounce=models.Subquery(bounces.values("reason")[:1]))


class Lead(models.Model):
    """A person who sent us a form: a sign-up or a request."""

    # Columns that the site or the team fills in. All others are what the visitor filled in.
    not_posted: ClassVar[frozenset[str]] = frozenset(
        {"id", "public_id", "page", "suspicion", "status", "notes", "received_at", "updated_at"}
    )
    # Says, in words for the person, what each column except `id` is and why we store it.
    personal_fields: ClassVar[dict[str, PersonalField]]

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

    @classmethod
    def posted_fields(cls, *, besides: Collection[str] = ()) -> list[str]:
        """What the visitor filled in. A new column is among them unless `not_posted` names it."""
        names = [field.name for field in cls._meta.concrete_fields]
        return [name for name in names if name not in cls.not_posted.union(besides)]

    def posted_values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.posted_fields()}


class EbookSignupQuerySet(LeadQuerySet):
    def with_news(self):
        """Adds `news_event`, each person's newest Consent.Event about the news, or None.

        The last one is found by key and not by time, because a clock can be set back.
        """
        said = Consent.objects.filter(signup=models.OuterRef("pk"), purpose=Consent.Purpose.NEWS)
        return self.annotate(news_event=models.Subquery(said.order_by("-pk").values("event")[:1]))

    def news_readers(self):
        """People who confirmed the news, have not withdrawn since, and are reached by mail."""
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

    not_posted = Lead.not_posted | {"email_key", "last_seen_at"}

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

    personal_fields: ClassVar = {
        "first_name": PersonalField("First name", "To greet you in our emails"),
        "email": EMAIL,
        "email_key": EMAIL,
        "page": PAGE,
        "received_at": TIME,
        "last_seen_at": PersonalField(
            "When you last asked for your ebooks", "To know when to delete it"
        ),
        "updated_at": CHANGED,
        "public_id": CODE,
        "status": STATUS,
        "notes": NOTES,
        "suspicion": SUSPICION,
    }

    objects = EbookSignupQuerySet.as_manager()  # type: ignore[misc]  # it extends Lead's manager

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

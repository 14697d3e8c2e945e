"""Every stored field about a person: what it is, why we store it and for how long.

The privacy page and the export are made from PERSONAL. A test fails for a field of a `leads` model
that is neither in PERSONAL nor in NOT_PERSONAL.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Model

from leads.models import (
    AccessRecord,
    Attempt,
    Bounce,
    Consent,
    ConsultationRequest,
    DownloadCount,
    EbookSignup,
    NewsMessage,
    OutgoingMail,
    RequestEvent,
    Suppression,
    Testimonial,
)
from leads.models.personal_field import (
    HELD_BACK,
    LEAD,
    LIMIT,
    MAIL,
    MAIL_TEXT,
    NEWS,
    PERMISSION,
    PersonalField,
)

SENDING = PersonalField("When and how it was sent", "To see that it reached you", MAIL)
AGREED = PersonalField(
    "What you agreed to or withdrew, where, when and how", "To prove it, and to keep to it"
)
UNREACHED = PersonalField("That an email to you came back, and why", "To call you instead")
QUOTE = PersonalField("Your name and words", "You gave them to us to publish", PERMISSION)

PERSONAL: dict[type[Model], dict[str, PersonalField]] = {
    # Declared beside the fields, so that a new form field is described where it is added.
    EbookSignup: EbookSignup.personal_fields,
    ConsultationRequest: ConsultationRequest.personal_fields,
    RequestEvent: {
        "at": PersonalField("What we did about your request", "To answer you once and in time"),
        "what": PersonalField("What we did about your request", "To answer you once and in time"),
    },
    Consent: dict.fromkeys(["purpose", "event", "wording", "page", "channel", "at"], AGREED),
    OutgoingMail: {
        "to": PersonalField("Your address", "To send it to you", MAIL),
        "to_key": PersonalField("Your address", "To send it to you", MAIL),
        "mailbox": PersonalField("Your address", "To send it to you", MAIL),
        "subject": PersonalField("What it was about", "To see what you had from us", MAIL),
        "kind": PersonalField("What it was about", "To see what you had from us", MAIL),
        "text": PersonalField("Its text", "To send it again if it did not reach you", MAIL_TEXT),
        "html": PersonalField("Its text", "To send it again if it did not reach you", MAIL_TEXT),
        "headers": PersonalField("Its text", "To send it again if it did not reach you", MAIL_TEXT),
        "message_id": SENDING,
        "state": SENDING,
        "attempts": SENDING,
        "due_at": SENDING,
        "last_error": SENDING,
        "queued_at": SENDING,
        "sent_at": SENDING,
        "news": SENDING,
    },
    Bounce: dict.fromkeys(["address", "reason", "words", "at"], UNREACHED),
    Suppression: {
        "address_hash": PersonalField(
            "A scrambled code of your address", "So that no news comes", NEWS
        ),
        "at": PersonalField("A scrambled code of your address", "So that no news comes", NEWS),
    },
    Testimonial: dict.fromkeys(["name", "quote"], QUOTE)
    | dict.fromkeys(
        ["authorization", "authorization_note"],
        PersonalField("Your permission", "To publish only what you allowed", PERMISSION),
    ),
    Attempt: {
        "key": PersonalField(
            "A scrambled code of your network address, email address or phone number",
            "To stop misuse of the forms",
            LIMIT,
        ),
        "hour": PersonalField("How often you sent a form", "To stop misuse of the forms", LIMIT),
        "kind": PersonalField("How often you sent a form", "To stop misuse of the forms", LIMIT),
        "count": PersonalField("How often you sent a form", "To stop misuse of the forms", LIMIT),
    },
}

# Row numbers, foreign keys, and what staff wrote that is not about a person.
NOT_PERSONAL: dict[type[Model], set[str]] = {
    EbookSignup: {"id"},
    ConsultationRequest: {"id"},
    RequestEvent: {"id", "request", "by"},
    Consent: {"id", "signup", "request"},
    OutgoingMail: {"id"},
    Bounce: {"id"},
    NewsMessage: {"id", "subject", "body", "state", "created_by", "created_at", "sent_at"},
    Suppression: {"id"},
    Testimonial: {"id", "is_published", "is_supplied", "position"},
    Attempt: {"id"},
    DownloadCount: {"id", "ebook", "file_format", "day", "count"},
    # These are about staff. The only thing they say about a person is the number of the row.
    AccessRecord: {"id", "user", "username", "at", "what", "about"},
}

GROUPS: list[tuple[str, list[type[Model]]]] = [
    ("When you ask for the ebooks", [EbookSignup]),
    ("When you ask for a consultation", [ConsultationRequest, RequestEvent]),
    ("With each box that you tick", [Consent]),
    ("With each email we send you", [OutgoingMail, Bounce]),
    ("When you stop the news or have your data erased", [Suppression]),
    ("With each form that you send", [Attempt]),
    ("When you let us quote you", [Testimonial]),
]


def days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def retention_period(until: str) -> str:
    months = f"{settings.LEAD_RETENTION_MONTHS} months"
    return {
        LEAD: months,
        MAIL: months,
        MAIL_TEXT: days(settings.MAIL_RETENTION_DAYS),
        HELD_BACK: days(settings.QUARANTINE_RETENTION_DAYS),
        LIMIT: days(settings.LIMIT_RETENTION_DAYS),
        NEWS: "Until you ask for news again",
        PERMISSION: "Until you take your permission back",
    }[until]


def without_repeats(rows: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """One row for fields that readers see as one (an address and its folded form)."""
    return list(dict.fromkeys(rows))


def stored_fields() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The tables of the privacy page: a title, and rows of what is stored, why and how long."""
    return [
        (
            title,
            without_repeats(
                (field.what, field.why, retention_period(field.until))
                for model in models
                for field in PERSONAL[model].values()
            ),
        )
        for title, models in GROUPS
    ]

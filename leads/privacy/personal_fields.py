"""Every field about a person: what it is, why it is there and for how long.

The privacy page and the export are made from this list. A test walks all models of `leads` and
fails for a field that stands neither here nor under NOT_PERSONAL.
"""

from collections.abc import Iterable
from dataclasses import dataclass

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

LEAD, MAIL, MAIL_TEXT, HELD_BACK = "lead", "mail", "mail text", "held back"
PERMISSION, NEWS, LIMIT = "permission", "news", "limit"


@dataclass(frozen=True)
class Kept:
    what: str
    why: str
    until: str = LEAD


EMAIL = Kept("Email address", "To send you the link to your ebooks, and news if you asked for it")
PHONE = Kept("Phone number", "To call you back")
PAGE = Kept("The page you sent the form from", "To see which pages help people")
TIME = Kept("When you sent the form", "To answer in order, and to know when to delete it")
CHANGED = Kept("When we last changed the entry", "To keep our work in order")
CODE = Kept("A random code", "Stands for you in the links we mail, so that they do not name you")
STATUS = Kept("How far we are", "To know whom to answer next")
NOTES = Kept("Our notes", "To remember what we talked about")
SUSPICION = Kept("Why a form looked like spam", "To check it by hand", HELD_BACK)
SENDING = Kept("When and how it was sent", "To see that it reached you", MAIL)
AGREED = Kept(
    "What you agreed to or withdrew, where, when and how", "To prove it, and to keep to it"
)
UNREACHED = Kept("That an email to you came back, and why", "To call you instead")
QUOTE = Kept("Your name and words", "You gave them to us to publish", PERMISSION)

PERSONAL: dict[type[Model], dict[str, Kept]] = {
    EbookSignup: {
        "first_name": Kept("First name", "To greet you in our emails"),
        "email": EMAIL,
        "email_key": EMAIL,
        "page": PAGE,
        "received_at": TIME,
        "last_seen_at": Kept("When you last asked for your ebooks", "To know when to delete it"),
        "updated_at": CHANGED,
        "public_id": CODE,
        "status": STATUS,
        "notes": NOTES,
        "suspicion": SUSPICION,
    },
    ConsultationRequest: {
        "name": Kept("Name", "To know whom to ask for"),
        "phone": PHONE,
        "phone_typed": PHONE,
        "email": Kept("Email address", "To confirm your request and to write back"),
        "best_time": Kept("Best time to call", "To call when it suits you"),
        "note": Kept("Your note", "To prepare for the call"),
        "voicemail_ok": Kept("Whether we may leave a voicemail", "To keep to your choice"),
        "page": PAGE,
        "received_at": TIME,
        "updated_at": CHANGED,
        "public_id": CODE,
        "digest": Kept("A code made from the form", "So that a double click makes one request"),
        "status": STATUS,
        "notes": NOTES,
        "suspicion": SUSPICION,
    },
    RequestEvent: {
        "at": Kept("What we did about your request", "To answer you once and in time"),
        "what": Kept("What we did about your request", "To answer you once and in time"),
    },
    Consent: dict.fromkeys(["purpose", "event", "wording", "page", "channel", "at"], AGREED),
    OutgoingMail: {
        "to": Kept("Your address", "To send it to you", MAIL),
        "to_key": Kept("Your address", "To send it to you", MAIL),
        "mailbox": Kept("Your address", "To send it to you", MAIL),
        "subject": Kept("What it was about", "To see what you had from us", MAIL),
        "kind": Kept("What it was about", "To see what you had from us", MAIL),
        "text": Kept("Its text", "To send it again if it did not reach you", MAIL_TEXT),
        "html": Kept("Its text", "To send it again if it did not reach you", MAIL_TEXT),
        "headers": Kept("Its text", "To send it again if it did not reach you", MAIL_TEXT),
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
        "address_hash": Kept("A scrambled code of your address", "So that no news comes", NEWS),
        "at": Kept("A scrambled code of your address", "So that no news comes", NEWS),
    },
    Testimonial: dict.fromkeys(["name", "quote"], QUOTE)
    | dict.fromkeys(
        ["authorization", "authorization_note"],
        Kept("Your permission", "To publish only what you allowed", PERMISSION),
    ),
    Attempt: {
        "key": Kept(
            "A scrambled code of your network address, email address or phone number",
            "To stop misuse of the forms",
            LIMIT,
        ),
        "hour": Kept("How often you sent a form", "To stop misuse of the forms", LIMIT),
        "kind": Kept("How often you sent a form", "To stop misuse of the forms", LIMIT),
        "count": Kept("How often you sent a form", "To stop misuse of the forms", LIMIT),
    },
}

# Row numbers, ties between rows, and what staff wrote about no one in particular.
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
    # Of staff; about people it holds nothing but the number of their row.
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


def how_long(until: str) -> str:
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


def once(rows: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Fields that are one thing to a reader (an address and its folded form) make one row."""
    return list(dict.fromkeys(rows))


def stored_fields() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """For the privacy page: by occasion, the rows of what is stored, why, and how long."""
    return [
        (
            title,
            once(
                (kept.what, kept.why, how_long(kept.until))
                for model in models
                for kept in PERSONAL[model].values()
            ),
        )
        for title, models in GROUPS
    ]

"""What a field about a person is for; the privacy page and the export are made from it."""

from dataclasses import dataclass

# The values of `until`. leads/privacy/personal_fields.py turns each into a time in words.
LEAD, MAIL, MAIL_TEXT, HELD_BACK = "lead", "mail", "mail text", "held back"
PERMISSION, NEWS, LIMIT = "permission", "news", "limit"


@dataclass(frozen=True)
class PersonalField:
    """In words for the person: what is stored, why, and until when."""

    what: str
    why: str
    until: str = LEAD

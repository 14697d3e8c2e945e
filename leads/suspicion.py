"""Why a post looks like a bot's. Reasons are for staff; the sender sees the ordinary answer.

Being held back is silent, so only what honest people do not do counts (docs/decisions/0007).
"""

import re
import unicodedata
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from leads.models import ConsultationRequest

LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|ru|cn|info|biz|xyz|top)\b", re.IGNORECASE
)
MARKED_LINK = re.compile(r"\[url\b|\[link\b|<a\s[^>]*href", re.IGNORECASE)
# A missing space: Anna.Ru, St. John.Com
TWO_NAMES = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.[^\W\d_]+[.,]?")
NOTE_LINKS = 3
# Nobody types twenty requests in ten seconds, not even for a whole care home.
FAST_REQUESTS = 20
FAST_PAUSE = timedelta(seconds=10)


def reasons(*, honeypot: str, name: str, note: str = "", phone: str = "", email: str = "") -> str:
    """The reasons in one line; '' when nothing is suspicious."""
    found = {
        "the hidden field was filled in": is_trapped(honeypot, name, email),
        "there is a link in the name": any(map(is_link, name.split())),
        "the name mixes alphabets within a word": any(map(mixes_alphabets, name.split())),
        "the note has links marked up for a forum": bool(MARKED_LINK.search(note)),
        f"the note has more than {NOTE_LINKS} links": len(LINK.findall(note)) > NOTE_LINKS,
        "requests came faster than anybody types": is_too_fast(phone, email),
    }
    return "; ".join(reason for reason, is_met in found.items() if is_met)


def is_trapped(honeypot: str, name: str, email: str) -> bool:
    """Whether somebody typed into the hidden field; a password manager repeats what it knows."""
    return honeypot.strip().casefold() not in {"", name.casefold(), email.casefold()}


def is_link(word: str) -> bool:
    """Whether a word of a name is a link, and not two names with capitals and no space."""
    return bool(LINK.search(word)) and not (word.istitle() and TWO_NAMES.fullmatch(word))


def mixes_alphabets(word: str) -> bool:
    """Whether it passes Cyrillic or Greek letters off as Latin ones."""
    names = {unicodedata.name(character, "").partition(" ")[0] for character in word}
    return "LATIN" in names and bool(names & {"CYRILLIC", "GREEK"})


def is_too_fast(phone: str, email: str) -> bool:
    """Counted by person, not by client: a whole waiting room may be behind one client."""
    who = Q(phone=phone) if phone else Q()
    if email:
        who |= Q(email__iexact=email)
    if not who:
        return False
    now = timezone.now()
    recent = ConsultationRequest.objects.filter(
        who, received_at__gt=now - FAST_PAUSE, received_at__lte=now
    )
    return recent.count() >= FAST_REQUESTS

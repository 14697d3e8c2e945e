"""Finds the reasons why a post looks like a bot's.

A post with reasons is held back: staff see why, but the sender gets the same answer as others. So
a reason must be something that honest people do not do (docs/decisions/0007-suspicion.md).
"""

import re
import unicodedata
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from leads.models import ConsultationRequest
from leads.suspicion import look_alikes, names, pitches, typed_links

# Links in forum code or HTML; "[link]" and "<link>" alone are words that people write.
MARKED_LINK = re.compile(
    r"\[(?:url|link|img)\s*=|\[/(?:url|link|img)\]|\[(?:url|img)\]\s*(?:https?:|www\.)"
    r"|<\s*(?:a|img|iframe|script|embed)\s[^>]*(?:href|src)\s*=",
    re.IGNORECASE,
)
NOTE_LINKS = 3
# One or two words that mix alphabets are typing errors of a person with two keyboard layouts.
MIXED_WORDS = 3
# No person types twenty requests in ten seconds, not even for a whole care home.
FAST_REQUESTS = 20
FAST_PAUSE = timedelta(seconds=10)

SIGN_OFF = re.compile(
    r"\W*(?:--+|(?:many |kind |best |warm |with )*(?:thanks|thank you|regards|wishes|best|cheers)"
    r"|sincerely|respectfully|yours|take care|sent from my|get outlook|saludos|gracias|atentamente"
    r"|cordialement|merci|mit freundlichen|viele grüße|mfg|с уважением|спасибо|pozdrawiam)\b"
    r".{0,30}",
    re.IGNORECASE,
)
SIGNATURE_LINES, SIGNATURE_LINKS, SIGNATURE_WIDTH = 10, 6, 100
CONTACT = re.compile(r"\S@\S+\.\w|(?:\d[\s().-]{0,3}){9}\d")
# The characters and words of formatted phone numbers.
PHONE = re.compile(r"(?:[\d\s()+./,#:;*–-]|ext(?:ension)?|tel|phone|x)+", re.IGNORECASE)
PHONE_PART_DIGITS = 3


def find_reasons(
    *,
    honeypot: str,
    name: str,
    note: str = "",
    phone: str = "",
    email: str = "",
    phone_typed: str = "",
    is_request: bool = True,
) -> str:
    """The reasons in one line; '' when nothing is suspicious."""
    typed = {"name": name, "note": note, "phone": phone, "phone_typed": phone_typed, "email": email}
    found = {
        "the hidden field was filled in": is_honeypot_filled(honeypot, **typed),
        "there is a link in the name": bool(typed_links.links(name)),
        "the name mixes alphabets within a word": bool(look_alikes.mixed_words(name)),
        "the name is random letters": any(map(look_alikes.is_random, look_alikes.words(name))),
        "the note has links marked up for a forum": bool(MARKED_LINK.search(note)),
        f"the note has more than {NOTE_LINKS} links": count_links(note) > NOTE_LINKS,
        "the note mixes alphabets within words": len(look_alikes.mixed_words(note)) >= MIXED_WORDS,
        "the note is random letters": look_alikes.is_random(note.strip()),
        "requests came faster than anybody types": is_request and is_too_fast(phone, email),
    }
    if sold := find_advertisement(name, note):
        found[f"it reads like an advertisement: {sold}"] = True
    return "; ".join(reason for reason, is_met in found.items() if is_met)


def find_advertisement(name: str, note: str) -> str:
    body, signature = without_signature(note)
    in_name = pitches.find_pitch(name, enough=pitches.NAME_ENOUGH)
    return in_name or pitches.find_pitch(f"{name}\n{body}", signature=signature)


def count_links(note: str) -> int:
    """The number of different links; those in a signature do not count, unless they are many."""
    body, signature = without_signature(note)
    signed = typed_links.links(signature)
    return len(typed_links.links(body) | (signed if len(signed) > SIGNATURE_LINKS else set()))


def without_signature(note: str) -> tuple[str, str]:
    """The note's body and its signature, which starts with the sign-off or is the last paragraph.

    The last paragraph is a signature if it has short lines and a phone number or email address.
    """
    lines = note.strip().split("\n")
    for place in range(max(1, len(lines) - SIGNATURE_LINES), len(lines)):
        if SIGN_OFF.fullmatch(lines[place].strip()):
            return "\n".join(lines[:place]), "\n".join(lines[place:])
    body, _, last = note.strip().rpartition("\n\n")
    last_lines = last.split("\n")
    is_signature = (
        bool(body)
        and CONTACT.search(last)
        and len(last_lines) <= SIGNATURE_LINES
        and all(len(line) <= SIGNATURE_WIDTH and line[-1:] not in ".?!" for line in last_lines)
    )
    return (body, last) if is_signature else (note, "")


def is_honeypot_filled(
    honeypot: str, *, name: str, note: str, phone: str, phone_typed: str, email: str
) -> bool:
    """Whether a bot filled in the hidden field.

    A browser fills it in too, but with a value of another field, or with some of its words.
    """
    if not honeypot.strip():
        return False
    trap = plain(honeypot)
    if trap in {plain(name), plain(phone_typed), plain(email)} - {""}:
        return False
    if repeats_phone(honeypot, phone) or (trap == plain(note) and not typed_links.links(note)):
        return False
    trap_words, name_words = tokens(honeypot), tokens(name)
    beside = (
        name_words | tokens(email) | {plain(word) for word in [*name.split(), local_part(email)]}
    )
    if "@" in honeypot and local_part(honeypot) == local_part(email):
        return False  # the domain was mistyped, and the form has corrected the other field
    # The sign-up asks for the first name only, so the browser may put the whole name here.
    is_longer_name = bool(name_words) and name_words < trap_words and names.is_plain(honeypot)
    is_part = bool(trap) and (trap in beside or trap_words <= beside)
    return not (is_part or is_longer_name)


def local_part(email: str) -> str:
    return plain(email.rpartition("@")[0])


def plain(text: str) -> str:
    """The text without capitals, accents, spaces and signs, which a browser may change."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in apart if each.isalnum())


def tokens(text: str) -> set[str]:
    return {plain(word) for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text))}


def repeats_phone(trap: str, phone: str) -> bool:
    """Whether the hidden field has the same number in another form, or a part of it."""
    digits, known = re.sub(r"\D", "", trap), re.sub(r"\D", "", phone)
    if not (known and digits and PHONE.fullmatch(trap.strip())):
        return False
    is_part = len(digits) >= PHONE_PART_DIGITS and digits.lstrip("0") in known
    return is_part or known[-10:] in digits  # the number with an extension


def is_too_fast(phone: str, email: str) -> bool:
    """Counts the requests of one person, because many people can share one IP address."""
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

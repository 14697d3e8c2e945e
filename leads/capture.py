"""Taking a lead: row, consents and queued mail in one transaction, the same answer when repeated.

"Taken" means committed; the views answer 303 only after these functions return (promises 1, 3).
"""

import hashlib
import json
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from leads import mail, news
from leads.models import Consent, ConsultationRequest, EbookSignup

REPEAT_WINDOW = timedelta(hours=1)


def fold(email: str) -> str:
    """The form of an address that is compared: no spaces around it, no capitals."""
    return email.strip().casefold()


@transaction.atomic
def take_signup(
    *,
    first_name: str,
    email: str,
    news_wording: str = "",
    page: str = "",
    suspicion: str = "",
) -> EbookSignup:
    """One row an address. `news_wording` is what stood beside the box, when it was ticked."""
    signup, is_new = EbookSignup.objects.get_or_create(
        email_key=fold(email),
        defaults={"first_name": first_name, "email": email, "page": page, "suspicion": suspicion},
    )
    if suspicion:
        if is_new and news_wording:
            news.note_wish(signup, wording=news_wording, page=page)
        return signup
    if signup.is_quarantined and not is_new:
        signup.suspicion = ""
        signup.save(update_fields=["suspicion", "updated_at"])
    mail.queue_library_link(signup)
    if news_wording:
        news.ask(signup, wording=news_wording, page=page)
    return signup


@transaction.atomic
def take_request(
    *,
    name: str,
    phone: str,
    phone_typed: str,
    email: str,
    best_time: str,
    note: str,
    voicemail_wording: str = "",
    page: str = "",
    suspicion: str = "",
) -> ConsultationRequest:
    """One row for the same content within an hour; what was typed is kept beside the E.164."""
    now = timezone.now()
    content = [name, phone, fold(email), best_time, note, bool(voicemail_wording)]
    repeated = ConsultationRequest.objects.filter(
        digest__in=[digest(content, now), digest(content, now - REPEAT_WINDOW)],
        received_at__gt=now - REPEAT_WINDOW,
    ).first()
    if repeated:
        return repeated
    request, is_new = ConsultationRequest.objects.get_or_create(
        digest=digest(content, now),
        defaults={
            "name": name,
            "phone": phone,
            "phone_typed": phone_typed,
            "email": email,
            "best_time": best_time,
            "note": note,
            "voicemail_ok": bool(voicemail_wording),
            "page": page,
            "suspicion": suspicion,
        },
    )
    if not is_new:
        return request
    if voicemail_wording:
        request.consents.create(
            purpose=Consent.Purpose.VOICEMAIL,
            event=Consent.Event.ASKED,
            wording=voicemail_wording,
            page=page,
        )
    if not suspicion:
        mail.queue_request_mails(request)
    return request


@transaction.atomic
def renew_link(*, email: str) -> None:
    """Mails a fresh library link to someone who signed up; for anyone else does nothing."""
    signup = EbookSignup.objects.taken().filter(email_key=fold(email)).first()
    if signup:
        mail.queue_library_link(signup)


def digest(content: list, at) -> str:
    """The same for the same content in the same clock hour, so that the database refuses a twin."""
    hour = int(at.timestamp() // REPEAT_WINDOW.total_seconds())
    return hashlib.sha256(json.dumps([*content, hour]).encode()).hexdigest()

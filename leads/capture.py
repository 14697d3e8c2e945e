"""Taking a lead: row, consents and queued mail in one transaction, the same answer when repeated.

"Taken" means committed; the views answer 303 only after these functions return (promises 1, 3).
"""

import hashlib
import json
import re
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from clinic_site.phone import extension
from leads import mail
from leads.addresses import fold
from leads.models import Consent, ConsultationRequest, EbookSignup
from leads.news import consent

REPEAT_WINDOW = timedelta(hours=1)


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
    # Locked, or an erasure in between would leave nothing to save.
    signup, is_new = EbookSignup.objects.select_for_update().get_or_create(
        email_key=fold(email),
        defaults={"first_name": first_name, "email": email, "page": page, "suspicion": suspicion},
    )
    if suspicion:
        if is_new and news_wording:
            consent.record_asked(signup, wording=news_wording, page=page)
        return signup
    if not is_new:
        seen_again(signup, first_name=first_name, email=email, page=page)
    mail.queue_library_link(signup)
    if news_wording:
        consent.ask_to_confirm(signup, wording=news_wording, page=page)
    return signup


def seen_again(signup: EbookSignup, **typed: str) -> None:
    """Whoever was held back is taken by an honest sign-up, and under what was typed there."""
    if signup.is_held_back:
        for name, value in typed.items():
            setattr(signup, name, value)
        signup.suspicion = ""
    signup.last_seen_at = timezone.now()
    signup.save(update_fields=[*typed, "suspicion", "last_seen_at", "updated_at"])


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
    behind = re.sub(r"\D", "", phone_typed).partition(phone[2:])[2] if phone else ""
    behind = behind or extension(phone_typed, phone)
    content = [name, phone, behind, fold(email), best_time, note, bool(voicemail_wording)]
    repeated = ConsultationRequest.objects.filter(
        digest__in=[digest(content, now), digest(content, now - REPEAT_WINDOW)],
        received_at__gt=now - REPEAT_WINDOW,
    ).first()
    if repeated:
        return take_again(repeated, suspicion)
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
        return take_again(request, suspicion)
    if voicemail_wording:
        request.consents.create(
            purpose=Consent.Purpose.VOICEMAIL,
            event=Consent.Event.ASKED,
            wording=voicemail_wording,
            page=page,
            channel=Consent.Channel.FORM,
        )
    if not suspicion:
        mail.queue_request_mails(request)
    return request


def take_again(request: ConsultationRequest, suspicion: str) -> ConsultationRequest:
    """The same content once more: nothing new, unless it was held back and now looks honest."""
    if request.is_held_back and not suspicion:
        request.suspicion = ""
        request.save(update_fields=["suspicion", "updated_at"])
        mail.queue_request_mails(request)
    return request


@transaction.atomic
def renew_link(*, email: str) -> None:
    """Mails a fresh library link to someone who signed up.

    For anyone else the same work is done and thrown away, so that the time tells nobody who is
    known (promise 15).
    """
    # The row before the mailbox, as a sign-up locks them; the other way round they deadlock.
    signups = EbookSignup.objects.not_held_back().select_for_update()
    known = signups.filter(email_key=fold(email)).first()
    with transaction.atomic():
        signup = known or EbookSignup(email=email, email_key=fold(email))
        mail.queue_library_link(signup)
        EbookSignup.objects.filter(pk=signup.pk).update(last_seen_at=timezone.now())
        transaction.set_rollback(known is None)


def digest(content: list, at) -> str:
    """The same for the same content in the same clock hour, so that the database refuses a twin."""
    hour = int(at.timestamp() // REPEAT_WINDOW.total_seconds())
    return hashlib.sha256(json.dumps([*content, hour]).encode()).hexdigest()

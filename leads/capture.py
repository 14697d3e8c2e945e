"""Stores a lead: its row, its consents and its queued mails in one transaction.

A lead counts as received when that transaction is committed, so the views answer 303 only after it
(promises 1 and 3). Each function gets a row that is not saved yet, as the form made it.
"""

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from clinic_site import phone
from leads import mail
from leads.models import Consent, ConsultationRequest, EbookSignup
from leads.news import consent

REPEAT_WINDOW = timedelta(hours=1)


@transaction.atomic
def store_signup(posted: EbookSignup, *, news_wording: str = "") -> EbookSignup:
    """Keeps one row for each address. `news_wording` is the text of the box, if it was ticked."""
    # Lock the row, because an erasure could delete it before it is saved again below.
    signup, is_new = EbookSignup.objects.select_for_update().get_or_create(
        email_key=posted.email_key, defaults=row_values(posted)
    )
    # A held-back post causes no mail, and changes no row that was there before, because a bot may
    # have typed another person's address.
    if posted.is_held_back:
        if is_new and news_wording:
            consent.record_asked(signup, wording=news_wording, page=posted.page)
        return signup
    if not is_new:
        update_known_signup(signup, posted)
    mail.queue_library_link(signup)
    if news_wording:
        consent.ask_to_confirm(signup, wording=news_wording, page=posted.page)
    return signup


def update_known_signup(signup: EbookSignup, posted: EbookSignup) -> None:
    """An honest sign-up releases a row that was held back, and replaces what was typed there."""
    changed = row_values(posted) if signup.is_held_back else {}
    for name, value in changed.items():
        setattr(signup, name, value)
    signup.last_seen_at = timezone.now()
    signup.save(update_fields=[*changed, "last_seen_at", "updated_at"])


@transaction.atomic
def store_request(posted: ConsultationRequest, *, voicemail_wording: str) -> ConsultationRequest:
    """Keeps one row for the same content within an hour.

    `voicemail_wording` is the text beside the box that sets `voicemail_ok`.
    """
    now = timezone.now()
    repeated = ConsultationRequest.objects.filter(
        digest__in=[digest(posted, now), digest(posted, now - REPEAT_WINDOW)],
        received_at__gt=now - REPEAT_WINDOW,
    ).first()
    if repeated:
        return update_known_request(repeated, posted)
    request, is_new = ConsultationRequest.objects.get_or_create(
        digest=digest(posted, now), defaults=row_values(posted)
    )
    if not is_new:
        return update_known_request(request, posted)
    if request.voicemail_ok:
        request.consents.create(
            purpose=Consent.Purpose.VOICEMAIL,
            event=Consent.Event.ASKED,
            wording=voicemail_wording,
            page=request.page,
            channel=Consent.Channel.FORM,
        )
    if not request.is_held_back:
        mail.queue_request_mails(request)
    return request


def update_known_request(
    request: ConsultationRequest, posted: ConsultationRequest
) -> ConsultationRequest:
    """Changes nothing, unless the first post was held back and this one looks honest."""
    if request.is_held_back and not posted.is_held_back:
        request.suspicion = ""
        request.save(update_fields=["suspicion", "updated_at"])
        mail.queue_request_mails(request)
    return request


@transaction.atomic
def renew_link(posted: EbookSignup) -> None:
    """Mails a new library link to the person who signed up with the address of `posted`.

    For an unknown address the same work is done and rolled back, so that the response time does
    not reveal who signed up (promise 15).
    """
    # Lock the row before mail.may_mail() locks the mailbox, because a sign-up locks them in this
    # order too. In different orders the two could deadlock.
    signups = EbookSignup.objects.not_held_back().select_for_update()
    known = signups.filter(email_key=posted.email_key).first()
    with transaction.atomic():
        signup = known or posted
        mail.queue_library_link(signup)
        EbookSignup.objects.filter(pk=signup.pk).update(last_seen_at=timezone.now())
        transaction.set_rollback(known is None)


def row_values(posted: EbookSignup | ConsultationRequest) -> dict[str, Any]:
    return posted.posted_values() | {"page": posted.page, "suspicion": posted.suspicion}


def digest(posted: ConsultationRequest, at: datetime) -> str:
    """A hash of all that the visitor filled in, and of the clock hour.

    Two spellings of one phone number or address have the same hash. The column is unique, so the
    database refuses a second row with the same content.
    """
    spelling = {"phone_typed": extension(posted), "email": posted.email_key}
    compared = posted.posted_values() | spelling
    hour = int(at.timestamp() // REPEAT_WINDOW.total_seconds())
    content = json.dumps([*compared.values(), hour], cls=DjangoJSONEncoder)
    return hashlib.sha256(content.encode()).hexdigest()


def extension(posted: ConsultationRequest) -> str:
    """The extension that was typed, because a request for another extension is another request.

    Other differences in how a number is typed do not matter.
    """
    if not posted.phone:
        return ""
    # [2:] drops the plus and the 1 of American numbers, because people seldom type them.
    after_number = re.sub(r"\D", "", posted.phone_typed).partition(posted.phone[2:])[2]
    return after_number or phone.extension(posted.phone_typed, posted.phone)

"""Exports, and erases, everything we store about one person (promise 22)."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from leads import mail
from leads.addresses import fold
from leads.models import Bounce, ConsultationRequest, EbookSignup, OutgoingMail
from leads.news import consent
from leads.privacy.personal_fields import PERSONAL

logger = logging.getLogger(__name__)


def signups_of(email: str) -> QuerySet[EbookSignup]:
    return EbookSignup.objects.filter(email_key=fold(email))


def requests_of(email: str) -> QuerySet[ConsultationRequest]:
    if not email.strip():
        return ConsultationRequest.objects.none()  # an empty address would find all without one
    # The second condition finds addresses with letters that the database's LOWER() does not fold.
    return ConsultationRequest.objects.alias(folded=Lower("email")).filter(
        Q(folded=fold(email)) | Q(email=email.strip())
    )


def requests_by_phone_of(email: str, phone: str = "") -> QuerySet[ConsultationRequest]:
    """Requests without an email address that have this phone number, or a number that a request
    with this email address has.

    For staff only, because anyone can type another person's number beside their own address.
    Requests with another address are left out: two people of a family may share a phone.
    """
    numbers = Q(phone__in=requests_of(email).values("phone"))
    if phone:
        numbers |= Q(phone=phone)
    return ConsultationRequest.objects.filter(numbers, email="")


def mails_to(email: str) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(to_key=fold(email))


def bounces_of(email: str) -> QuerySet[Bounce]:
    return Bounce.objects.filter(address=fold(email))


def rows_about(*, email: str, by_phone: bool = False, phone: str = "") -> dict[str, QuerySet]:
    """The rows about the person with this address or number, by kind.

    Requests by phone come first, because the query finds them through the person's other requests:
    once those are deleted, it would find none.
    """
    by_number = {"requests by phone": requests_by_phone_of(email, phone)} if by_phone else {}
    return by_number | {
        "requests": requests_of(email),
        "sign-ups": signups_of(email),
        "mails": mails_to(email),
        "bounces": bounces_of(email),
    }


def export(*, email: str, by_phone: bool = False, phone: str = "") -> dict[str, Any]:
    """Everything stored about the person with this address or number, ready for JSON."""
    rows = rows_about(email=email, by_phone=by_phone, phone=phone)
    found = {
        "email": email,
        "exported_at": timezone.now().isoformat(),
        "signups": [export_lead(signup) for signup in rows["sign-ups"]],
        "requests": [export_lead(request) for request in rows["requests"]],
        "mails": [export_row(each) for each in rows["mails"]],
        "bounces": [export_row(each) for each in rows["bounces"]],
        "gets_no_news": bool(consent.find_suppressed([fold(email)])),
    }
    if by_phone:
        found["requests_by_phone"] = [export_lead(each) for each in rows["requests by phone"]]
    return found


def export_lead(lead: EbookSignup | ConsultationRequest) -> dict[str, Any]:
    """The lead's personal fields, with its consents and what the team did about it."""
    related: dict[str, Any] = {"consents": [export_row(each) for each in lead.consents.all()]}
    if isinstance(lead, ConsultationRequest):
        related["events"] = [export_row(event) for event in lead.events.all()]
    return export_row(lead) | related


def export_row(row: Model) -> dict[str, Any]:
    """The row's personal fields with their stored values, in the order of PERSONAL."""
    return {name: to_json_value(getattr(row, name)) for name in PERSONAL[type(row)]}


def to_json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Model) else value


@transaction.atomic
def erase(*, email: str, by_phone: bool = False, phone: str = "") -> dict[str, int]:
    """Deletes all about the person with this address or number; returns how many rows, by kind.

    A hash of the address stays, so that no news is ever sent to it. Consents and events are deleted
    with the rows that they belong to.
    """
    rows = rows_about(email=email, by_phone=by_phone, phone=phone)
    counts = {kind: delete(found) for kind, found in rows.items()}
    if email.strip():
        consent.suppress(fold(email))
    logger.info("erased", extra={"fields": counts})
    return counts


def delete(rows: QuerySet) -> int:
    """Deletes the rows; returns how many, not counting related rows that are deleted with them."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


@transaction.atomic
def erase_by_link(*, email: str) -> None:
    """Erases a person who pressed the button behind a mailed link, and mails staff about it."""
    numbers = sorted(requests_of(email).values_list("pk", flat=True))
    counts = erase(email=email)
    mail.queue_erasure_notice(numbers=numbers, signups=counts["sign-ups"])

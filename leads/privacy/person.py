"""What we hold about a person: given out, and erased everywhere (promise 22)."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from leads import mail
from leads.capture import fold
from leads.models import Bounce, ConsultationRequest, EbookSignup, OutgoingMail
from leads.news import consent
from leads.privacy.personal_fields import PERSONAL

logger = logging.getLogger(__name__)


def signups_of(email: str) -> QuerySet[EbookSignup]:
    return EbookSignup.objects.filter(email_key=fold(email))


def requests_of(email: str) -> QuerySet[ConsultationRequest]:
    if not email.strip():
        return ConsultationRequest.objects.none()  # not all those who gave a number only
    # The second, for the few addresses with letters that a database cannot fold.
    return ConsultationRequest.objects.alias(folded=Lower("email")).filter(
        Q(folded=fold(email)) | Q(email=email.strip())
    )


def requests_by_phone_of(email: str, phone: str = "") -> QuerySet[ConsultationRequest]:
    """Requests without an address from this number, and from the numbers of those with it.

    For staff alone: anyone can type another's number beside their own address. A request with
    another address is another person, though a family may share the phone.
    """
    numbers = Q(phone__in=requests_of(email).values("phone"))
    if phone:
        numbers |= Q(phone=phone)
    return ConsultationRequest.objects.filter(numbers, email="")


def mails_to(email: str) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(to_key=fold(email))


def bounces_of(email: str) -> QuerySet[Bounce]:
    return Bounce.objects.filter(address=fold(email))


def personal(row: Model) -> dict[str, Any]:
    """The row's personal fields, in the order and with the values of the database."""
    return {name: plain(getattr(row, name)) for name in PERSONAL[type(row)]}


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Model) else value


def with_parts(row: EbookSignup | ConsultationRequest) -> dict[str, Any]:
    parts: dict[str, Any] = {"consents": [personal(consent) for consent in row.consents.all()]}
    if isinstance(row, ConsultationRequest):
        parts["events"] = [personal(event) for event in row.events.all()]
    return personal(row) | parts


def held(*, email: str, by_phone: bool = False, phone: str = "") -> dict[str, QuerySet]:
    """The rows about whoever has this address or number, by what they are.

    Those by phone come first: they are found by the other requests, and so go before them.
    """
    by_number = {"requests by phone": requests_by_phone_of(email, phone)} if by_phone else {}
    return by_number | {
        "requests": requests_of(email),
        "sign-ups": signups_of(email),
        "mails": mails_to(email),
        "bounces": bounces_of(email),
    }


def export_person(*, email: str, by_phone: bool = False, phone: str = "") -> dict[str, Any]:
    """Everything held about whoever has this address or number; ready for JSON."""
    rows = held(email=email, by_phone=by_phone, phone=phone)
    found = {
        "email": email,
        "exported_at": timezone.now().isoformat(),
        "signups": [with_parts(signup) for signup in rows["sign-ups"]],
        "requests": [with_parts(request) for request in rows["requests"]],
        "mails": [personal(each) for each in rows["mails"]],
        "bounces": [personal(each) for each in rows["bounces"]],
        "gets_no_news": bool(consent.suppressed([fold(email)])),
    }
    if by_phone:
        found["requests_by_phone"] = [with_parts(each) for each in rows["requests by phone"]]
    return found


@transaction.atomic
def erase_person(*, email: str, by_phone: bool = False, phone: str = "") -> dict[str, int]:
    """Removes whoever has this address or number everywhere; counts what went.

    A hash of the address stays, so that no news ever comes. Consents and events go with the rows
    that they belong to.
    """
    rows = held(email=email, by_phone=by_phone, phone=phone)
    counts = {what: erase(found) for what, found in rows.items()}
    if email.strip():
        consent.suppress(fold(email))
    logger.info("erased", extra={"fields": counts})
    return counts


def erase(rows: QuerySet) -> int:
    """How many rows of this model went, not counting what went with them."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


@transaction.atomic
def erase_by_link(*, email: str) -> None:
    """What the person's own button does: staff learn that it happened, and of which requests."""
    numbers = sorted(requests_of(email).values_list("pk", flat=True))
    counts = erase_person(email=email)
    mail.queue_erasure_notice(numbers=numbers, signups=counts["sign-ups"])

"""One function a mail. Each queues it in the caller's transaction; none talks to a server."""

import re
from datetime import timedelta
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clinic_site.models import Practice
from leads import links
from leads.models import ConsultationRequest, EbookSignup, OutgoingMail

LIBRARY_MAILS_A_DAY = 3
REPEAT_PAUSE = timedelta(minutes=10)

# A name is echoed only when it is plainly a name: letters with the marks that names have.
PLAIN_NAME = re.compile(r"[^\W\d_]+(?:(?:\. |[ '’-])[^\W\d_]+){0,3}\.?")


def greeting_name(name: str) -> str:
    return name if len(name) <= 40 and PLAIN_NAME.fullmatch(name) else ""


def queue(*, kind: str, to: str, subject: str, context: dict) -> OutgoingMail:
    """Renders emails/<kind>.txt and .html and puts the mail into the outbox."""
    context = context | {
        "practice": Practice.load(),
        "base_url": settings.BASE_URL,
        "subject": subject,
    }
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    return OutgoingMail.objects.create(
        kind=kind,
        to=to,
        to_key=to.strip().casefold(),
        subject=subject,
        text=render_to_string(f"emails/{kind}.txt", context),
        html=render_to_string(f"emails/{kind}.html", context),
        message_id=make_msgid(domain=domain),
    )


def queue_library_link(signup: EbookSignup) -> OutgoingMail | None:
    """The link to the ebooks; at most LIBRARY_MAILS_A_DAY, and one for a double click."""
    now = timezone.now()
    recent = OutgoingMail.objects.filter(
        to_key=signup.email_key, kind="library_link", queued_at__gt=now - timedelta(days=1)
    )
    if recent.filter(queued_at__gt=now - REPEAT_PAUSE).exists():
        return None
    if recent.count() >= LIBRARY_MAILS_A_DAY:
        return None
    return queue(
        kind="library_link",
        to=signup.email,
        subject="Your ebooks about back spasms",
        context={
            "name": greeting_name(signup.first_name),
            "library_url": settings.BASE_URL + links.library_path(signup),
            "days": links.LIBRARY_MAX_AGE.days,
        },
    )


def queue_request_mails(request: ConsultationRequest) -> None:
    """A receipt to the visitor who gave an address, and an alert without their data to staff."""
    if request.email:
        queue(
            kind="request_receipt",
            to=request.email,
            subject="We have your consultation request",
            context={
                "name": greeting_name(request.name),
                "best_time": request.get_best_time_display().lower(),
                "has_phone": bool(request.phone),
            },
        )
    path = reverse("admin:leads_consultationrequest_change", args=[request.pk])
    queue(
        kind="request_alert",
        to=parseaddr(settings.ALERT_EMAIL)[1],
        subject="New consultation request",
        context={"number": request.pk, "admin_url": settings.BASE_URL + path},
    )

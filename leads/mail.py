"""A function for each kind of mail. It puts the mail into the outbox, in the caller's transaction.

No function here talks to a mail server; the worker sends what is queued (leads/delivery).
"""

from datetime import timedelta
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from articles.models import Ebook
from clinic_site.models import Practice
from clinic_site.web import visitor
from leads import links, locks
from leads.addresses import fold, mailbox
from leads.models import ConsultationRequest, EbookSignup, OutgoingMail
from leads.suspicion import names

# Mails that a stranger can cause by typing someone's address. They count together (promise 8).
VISITOR_KINDS = ("library_link", "news_confirm", "request_receipt")
MAILS_A_DAY = 3
REPEAT_PAUSE = timedelta(minutes=10)


def greeting_name(name: str) -> str:
    return name if names.is_plain(name) else ""


def sender_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]


def staff_address() -> str:
    return parseaddr(settings.ALERT_EMAIL)[1]


def queue(
    *,
    kind: str,
    subject: str,
    context: dict,
    person: EbookSignup | ConsultationRequest | None = None,
    to: str = "",
    **fields,
) -> OutgoingMail:
    """Renders emails/<kind>.txt and .html and puts the mail into the outbox.

    A mail to a `person` gets the link to what we hold about them. A mail to staff has no `person`,
    but the address `to`. `fields` are other columns of OutgoingMail.
    """
    to, to_key = (person.email, person.email_key) if person else (to, fold(to))
    my_data_url = settings.BASE_URL + links.my_data_path(person) if person else ""
    text, html = render(kind, subject=subject, my_data_url=my_data_url, context=context)
    return OutgoingMail.objects.create(
        kind=kind,
        to=to,
        to_key=to_key,
        mailbox=mailbox(to_key),
        subject=subject,
        text=text,
        html=html,
        **{"message_id": make_msgid(domain=sender_domain())} | fields,
    )


def render(kind: str, *, subject: str, my_data_url: str, context: dict) -> tuple[str, str]:
    """The text and the HTML part of the mail."""
    context = context | {
        "practice": Practice.load(),
        "base_url": settings.BASE_URL,
        "subject": subject,
        "my_data_url": my_data_url,
        "my_data_days": links.MY_DATA_MAX_AGE.days,
    }
    templates = (f"emails/{kind}.txt", f"emails/{kind}.html")
    text, html = (render_to_string(template, context) for template in templates)
    return text, html


def may_mail(*, kind: str, to_key: str) -> bool:
    """Whether a visitor's post may cause this mail.

    It may not when MAILS_A_DAY went to this mailbox in a day, or the same mail in REPEAT_PAUSE.
    """
    now = timezone.now()
    box = mailbox(to_key)
    # Two posts at once would each count before the other has queued its mail, so they take turns.
    # The name is a hash because PostgreSQL may log it, and logs hold no address (promise 20).
    locks.wait_for(f"mail to {visitor.daily_hash(box, now.date()).hex()}")
    recent = OutgoingMail.objects.filter(
        # Mails that the former release queued have no mailbox.
        Q(mailbox=box) | Q(mailbox="", to_key=to_key),
        kind__in=VISITOR_KINDS,
        # If the clock was once ahead, a mail with a future time must not count.
        queued_at__range=(now - timedelta(days=1), now + REPEAT_PAUSE),
    )
    if recent.count() >= MAILS_A_DAY:
        return False
    same = recent.filter(kind=kind, to_key=to_key, queued_at__gt=now - REPEAT_PAUSE)
    # Each request is new and so has its own receipt. A second library link within the pause comes
    # from a double click.
    return kind == "request_receipt" or not same.exists()


def queue_for_visitor(
    person: EbookSignup | ConsultationRequest, *, kind: str, subject: str, context: dict
) -> OutgoingMail | None:
    """Queues the mail if it may go out. It is rendered in any case, so that the response time does
    not reveal who gets one (promise 15).
    """
    may_go = may_mail(kind=kind, to_key=person.email_key)
    with transaction.atomic():
        queued = queue(person=person, kind=kind, subject=subject, context=context)
        transaction.set_rollback(not may_go)
    return queued if may_go else None


def queue_library_link(signup: EbookSignup) -> OutgoingMail | None:
    return queue_for_visitor(
        signup,
        kind="library_link",
        subject="Your ebooks about back spasms",
        context={
            "name": greeting_name(signup.first_name),
            "library_url": settings.BASE_URL + links.library_path(signup),
            "days": links.LIBRARY_MAX_AGE.days,
            "has_ebooks": Ebook.objects.published().exists(),
        },
    )


def queue_request_mails(request: ConsultationRequest) -> None:
    """Queues a receipt, if there is an address, and an alert to staff without personal data."""
    if request.email:
        queue_for_visitor(
            request,
            kind="request_receipt",
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
        to=staff_address(),
        subject="New consultation request",
        context={"number": request.pk, "admin_url": settings.BASE_URL + path},
    )


def queue_news_confirm(signup: EbookSignup) -> OutgoingMail | None:
    return queue_for_visitor(
        signup,
        kind="news_confirm",
        subject="Do you want our news by email?",
        context={
            "name": greeting_name(signup.first_name),
            "confirm_url": settings.BASE_URL + links.news_confirm_path(signup),
            "days": links.NEWS_CONFIRM_MAX_AGE.days,
        },
    )


def queue_erasure_notice(*, numbers: list[int], signups: int) -> OutgoingMail:
    """Tells staff that someone erased their data by the mailed link, but not who."""
    return queue(
        kind="erasure_notice",
        to=staff_address(),
        subject="Someone had their data erased",
        context={"numbers": numbers, "signups": signups},
    )

"""One function a mail. Each queues it in the caller's transaction; none talks to a server."""

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
from leads import limits, links
from leads.addresses import fold, mailbox
from leads.models import ConsultationRequest, EbookSignup, OutgoingMail
from leads.suspicion import names

# What a stranger can make us send to an address counts together (promise 8).
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
    to: str,
    subject: str,
    context: dict,
    person: EbookSignup | ConsultationRequest | None = None,
    **fields,
) -> OutgoingMail:
    """Renders emails/<kind>.txt and .html and puts the mail into the outbox.

    A mail to a `person` gets the link to what we hold about them; `fields` are the row's own.
    """
    my_data_url = settings.BASE_URL + links.my_data_path(person) if person else ""
    text, html = render(kind, subject=subject, my_data_url=my_data_url, context=context)
    return OutgoingMail.objects.create(
        kind=kind,
        to=to,
        to_key=fold(to),
        mailbox=mailbox(fold(to)),
        subject=subject,
        text=text,
        html=html,
        **{"message_id": make_msgid(domain=sender_domain())} | fields,
    )


def render(kind: str, *, subject: str, my_data_url: str, context: dict) -> tuple[str, str]:
    """Text and HTML of emails/<kind>, as they go out."""
    context = context | {
        "practice": Practice.load(),
        "base_url": settings.BASE_URL,
        "subject": subject,
        "my_data_url": my_data_url,
        "my_data_days": links.MY_DATA_MAX_AGE.days,
    }
    names = (f"emails/{kind}.txt", f"emails/{kind}.html")
    text, html = (render_to_string(name, context) for name in names)
    return text, html


def may_mail(*, kind: str, to_key: str) -> bool:
    """Whether a visitor's post may cause this mail: MAILS_A_DAY, and one for a double click.

    Asked under a lock on the mailbox, which lasts to the end of the transaction: posts of several
    forms at once would each find the others' mails not there yet. What a clock that ran ahead has
    left in the future does not count.
    """
    box = mailbox(to_key)
    day = timezone.now().date()
    limits.add_one(timezone.now(), {"mail to": visitor.daily_hash(box, day).hex()})
    now = timezone.now()
    recent = OutgoingMail.objects.filter(
        # Those that the former release has queued name no mailbox.
        Q(mailbox=box) | Q(mailbox="", to_key=to_key),
        kind__in=VISITOR_KINDS,
        queued_at__range=(now - timedelta(days=1), now + REPEAT_PAUSE),
    )
    if recent.count() >= MAILS_A_DAY:
        return False
    # Two requests within the pause are two requests; a click on the same form is none.
    again = recent.filter(kind=kind, to_key=to_key, queued_at__gt=now - REPEAT_PAUSE)
    return kind == "request_receipt" or not again.exists()


def queue_for_visitor(
    person: EbookSignup | ConsultationRequest, *, kind: str, subject: str, context: dict
) -> OutgoingMail | None:
    """None when it may not go out; made all the same, so that the time tells nothing (15)."""
    may_go = may_mail(kind=kind, to_key=fold(person.email))
    with transaction.atomic():
        queued = queue(person=person, kind=kind, to=person.email, subject=subject, context=context)
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
    """A receipt to the visitor who gave an address, and an alert without their data to staff."""
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
    """Tells staff that someone erased their data by the mailed link, and not who."""
    return queue(
        kind="erasure_notice",
        to=staff_address(),
        subject="Someone had their data erased",
        context={"numbers": numbers, "signups": signups},
    )

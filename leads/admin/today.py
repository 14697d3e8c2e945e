"""The panels of leads on the dashboard (Today), and their checks on the readiness page."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone

from articles.ebooks.formats import BY_CODE
from articles.models import Ebook
from clinic_site.admin.dashboard import dashboard_panel, may_view
from clinic_site.admin.readiness import Gap, readiness_check
from leads import mail
from leads.addresses import fold
from leads.admin import display
from leads.admin.requests import ConsultationRequestAdmin
from leads.delivery import stuck_mail
from leads.models import (
    Bounce,
    ConsultationRequest,
    DownloadCount,
    EbookSignup,
    OutgoingMail,
    RequestEvent,
    Testimonial,
)
from leads.privacy import audit

WORKLIST_ROWS = 10
WEEKEND = (5, 6)  # of datetime.weekday()
FIRST_HOUR, LAST_HOUR = 8, 20  # outside these hours a call would disturb people
# The changelist numbers its columns from the check box, which is column 0.
OLDEST_FIRST = ConsultationRequestAdmin.list_display.index("received") + 1
BestTime = ConsultationRequest.BestTime


def best_times(now: datetime) -> list[str]:
    """The wished times of day that include now; none at night and on weekends.

    The practice's own opening hours are free text, which a program cannot read.
    """
    if now.weekday() in WEEKEND or not FIRST_HOUR <= now.hour < LAST_HOUR:
        return []
    if now.hour < 12:
        return [BestTime.ANY, BestTime.MORNING]
    return [BestTime.ANY, BestTime.AFTERNOON if now.hour < 17 else BestTime.EVENING]


def worklist(now: datetime):
    """Open requests: first those whose wished time is now, then those not yet tried.

    In each group the longest waiting come first. A person we tried to call waits from that call on,
    so that the person we just called is not first again.
    """
    is_good_now = Case(
        When(best_time__in=best_times(now), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    # Ordered by key, because the clock may have been set back. The subquery runs only for the few
    # requests that were tried.
    events = RequestEvent.objects.filter(request=OuterRef("pk")).order_by("-pk")
    last_event = Coalesce(Subquery(events.values("at")[:1]), "received_at")
    is_tried = Q(status=ConsultationRequest.Status.TRIED)
    return (
        ConsultationRequest.objects.not_held_back()
        .with_bounce()
        .filter(status__in=ConsultationRequest.OPEN_STATUSES)
        .annotate(
            is_good_now=is_good_now,
            is_tried=Case(When(is_tried, then=Value(1)), default=Value(0)),
            waits_since=Case(When(is_tried, then=last_event), default="received_at"),
        )
        .order_by("-is_good_now", "is_tried", "waits_since", "pk")
    )


def reached_requests():
    """People we reached who are neither booked nor closed, least recently contacted first."""
    events = RequestEvent.objects.filter(request=OuterRef("pk")).order_by("-pk")
    return (
        ConsultationRequest.objects.not_held_back()
        .with_bounce()
        .filter(status=ConsultationRequest.Status.REACHED)
        .annotate(since=Coalesce(Subquery(events.values("at")[:1]), "received_at"))
        .order_by("since", "pk")
    )


def last_events(requests: list[ConsultationRequest]) -> dict[int, str]:
    """By request, what the team did last, such as "tried 5 minutes ago: Left a voicemail"."""
    events = RequestEvent.objects.filter(request__in=requests).order_by("pk")
    verbs: dict[str, str] = {
        ConsultationRequest.Status.TRIED: "tried ",
        ConsultationRequest.Status.REACHED: "talked ",
    }
    starts = {row.pk: verbs.get(row.status, "") for row in requests}
    return {
        event.request_id: f"{starts[event.request_id]}{display.age(event.at)} ago"
        # The row shows the status already.
        + ("" if event.what.startswith("Status: ") else f": {event.what}")
        for event in events
    }


def list_url(model, **filters) -> str:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{urlencode(filters)}" if filters else url


def oldest_waiting() -> OutgoingMail | None:
    return OutgoingMail.objects.waiting().order_by("queued_at").first()


@dashboard_panel("admin/leads/mail_alert.html")
def mail_alert(request):
    """Shows an alarm above all panels when the oldest mail waits for so long that something must be
    wrong, because a busy server would send it sooner.
    """
    oldest = oldest_waiting() if may_view(request, OutgoingMail) else None
    if oldest is None or oldest.queued_at > timezone.now() - stuck_mail.STUCK_AFTER:
        return None
    return {
        "is_alarm": True,
        "age": display.age(oldest.queued_at),
        "words": oldest.last_error,
        "url": list_url(OutgoingMail, state__exact=OutgoingMail.State.QUEUED),
    }


@dashboard_panel("admin/leads/worklist.html")
def worklist_panel(request):
    if not may_view(request, ConsultationRequest):
        return None
    now = timezone.localtime()
    requests, reached = worklist(now), reached_requests()
    rows, reached_rows = list(requests[:WORKLIST_ROWS]), list(reached[:WORKLIST_ROWS])
    shown = [*rows, *reached_rows]
    if shown:
        audit.record(request.user, audit.LISTED, f"consultation requests: {len(shown)}, Today")
    events = last_events(shown)
    for row in shown:
        row.last_event = events.get(row.pk, "")
        row.badge = display.bounce_badge(row.bounce)
        row.age = display.age(row.received_at)
        row.url = reverse("admin:leads_consultationrequest_change", args=[row.pk])
    return {
        "rows": rows,
        "is_quiet_hour": not best_times(now),
        "more": requests.count() - len(rows),
        "reached": reached_rows,
        "more_reached": reached.count() - len(reached_rows),
        "reached_url": list_url(
            ConsultationRequest, status__exact=ConsultationRequest.Status.REACHED, o=OLDEST_FIRST
        ),
        "more_url": list_url(ConsultationRequest, status__exact="open", o=OLDEST_FIRST),
        "held_back": ConsultationRequest.objects.held_back().count(),
        "held_back_url": list_url(ConsultationRequest, held_back="yes"),
        "all_url": list_url(ConsultationRequest),
    }


def received_since(model, days: int) -> int:
    since = timezone.now() - timedelta(days=days)
    return model.objects.not_held_back().filter(received_at__gte=since).count()


def people_figures(model, name: str):
    url = list_url(model)
    for days, words in ((7, "in the last 7 days"), (28, "in the last 4 weeks")):
        number = received_since(model, days)
        yield {"number": number, "label": f"{name}{pluralize(number)} {words}", "url": url}


def download_figures():
    since = timezone.localdate() - timedelta(days=27)
    rows = (
        DownloadCount.objects.filter(day__gte=since)
        .values_list("ebook", "file_format")
        .annotate(total=Sum("count"))
        .order_by("-total", "ebook", "file_format")
    )
    titles = dict(Ebook.objects.values_list("slug", "title"))
    url = list_url(Ebook)
    total = sum(count for _, _, count in rows)
    yield {
        "number": total,
        "label": f"ebook download{pluralize(total)} in the last 4 weeks",
        "url": url,
    }
    for slug, file_format, count in rows:
        kind = BY_CODE.get(file_format, file_format.upper())
        label = f"of them: {titles.get(slug, slug)}, {kind}"
        yield {"number": count, "label": label, "url": url}


def mail_figures():
    oldest = oldest_waiting()
    waiting = OutgoingMail.objects.waiting().count()
    failed = OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED).count()
    yield {
        "number": waiting,
        "label": f"mail{pluralize(waiting)} waiting"
        + (f", the oldest for {display.age(oldest.queued_at)}" if oldest else ""),
        "url": list_url(OutgoingMail, state__exact=OutgoingMail.State.QUEUED),
    }
    yield {
        "number": failed,
        "label": f"mail{pluralize(failed)} failed for good",
        "url": list_url(OutgoingMail, state__exact=OutgoingMail.State.FAILED),
        "is_bad": failed > 0,
    }


@dashboard_panel("admin/leads/figures.html")
def figures_panel(request):
    figures = []
    if may_view(request, ConsultationRequest):
        figures += people_figures(ConsultationRequest, "request")
    if may_view(request, EbookSignup):
        figures += people_figures(EbookSignup, "sign-up")
    if may_view(request, Ebook):
        figures += download_figures()
    if may_view(request, OutgoingMail):
        figures += mail_figures()
    return {"figures": figures} if figures else None


@readiness_check("Testimonials")
def check_testimonials(request):
    if not may_view(request, Testimonial):
        return None
    return [
        Gap(
            f"{testimonial.name}: authorization not recorded",
            "It is on the pages now, in the words the practice supplied."
            if testimonial.is_published and testimonial.may_be_public
            else "It is on no page until a written authorization is on file.",
            reverse("admin:leads_testimonial_change", args=[testimonial.pk]) + "#id_authorization",
        )
        for testimonial in Testimonial.objects.filter(
            authorization=Testimonial.Authorization.UNKNOWN
        )
    ]


def tell_operator(setting: str, more: str = "") -> str:
    return f"The person who runs the site must set {setting} {more}".strip() + "."


@readiness_check("Email")
def check_mail(request):
    if not may_view(request, OutgoingMail):
        return None
    gaps = []
    if settings.EMAIL_BACKEND == "clinic_site.configuration.mail_files.EmailBackend":
        gaps.append(
            Gap(
                "No mail server is set: every mail becomes a file on the server",
                f"People get no link and no receipt. {tell_operator('EMAIL_URL')}",
            )
        )
    if settings.ESP and not settings.ANYMAIL["WEBHOOK_SECRET"]:
        gaps.append(
            Gap(
                "We do not learn which mails come back",
                tell_operator("MAIL_WEBHOOK_SECRET", "and give it to the ESP"),
            )
        )
    if Bounce.objects.filter(address=fold(mail.staff_address())).exists():
        gaps.append(
            Gap(
                f"Mail to the practice itself comes back: {mail.staff_address()}",
                f"You get no mail about new requests. {tell_operator('ALERT_EMAIL')}",
                list_url(Bounce),
            )
        )
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        gaps.append(
            Gap(
                "Mails have no real sender address",
                f"Mail servers refuse them. {tell_operator('DEFAULT_FROM_EMAIL')}",
            )
        )
    failed = OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED).count()
    if failed:
        url = list_url(OutgoingMail, state__exact=OutgoingMail.State.FAILED)
        gaps.append(Gap(f"Emails that failed for good: {failed}", "They reached nobody.", url))
    return gaps

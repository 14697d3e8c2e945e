"""The daily mail that tells staff what waits for them: counts and titles, nothing personal."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from leads import mail
from leads.models import ConsultationRequest, EbookSignup, NewsMessage, OutgoingMail


def waiting() -> dict:
    """The contents of the mail. When nothing waits, every value is empty or 0."""
    requests = ConsultationRequest.objects.not_held_back()
    failed = OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED)
    return {
        "open_requests": requests.filter(status__in=ConsultationRequest.OPEN_STATUSES).count(),
        # Staff must look before these are deleted: a person who waits for a call may be among them.
        "held_back_requests": ConsultationRequest.objects.held_back().count(),
        "held_back_signups": EbookSignup.objects.held_back().count(),
        # A mail without its text cannot be sent again, so staff have nothing to do about it.
        "failed_mails": failed.exclude(text="").count(),
        "unsent_news": NewsMessage.objects.filter(state=NewsMessage.State.SENDING).count(),
        "reviews_due": list(
            Article.objects.published()
            .filter(next_review_on__lte=timezone.localdate())
            .order_by("next_review_on")
            .values_list("title", flat=True)
        ),
    }


def urls() -> dict:
    """The admin pages that the mail links to."""
    return {
        "admin_url": settings.BASE_URL + reverse("admin:index"),
        "held_back_requests_url": held_back_url("consultationrequest"),
        "held_back_signups_url": held_back_url("ebooksignup"),
    }


def held_back_url(model: str) -> str:
    return settings.BASE_URL + reverse(f"admin:leads_{model}_changelist") + "?held_back=yes"


def queue() -> bool:
    """Queues today's digest; False when nothing waits or when it is already queued."""
    found = waiting()
    if not any(found.values()):
        return False
    # The column is unique, so two runs of `daily` at the same time queue one mail.
    message_id = f"<digest-{timezone.localdate().isoformat()}@{mail.sender_domain()}>"
    try:
        with transaction.atomic():
            mail.queue(
                kind="daily_digest",
                to=mail.staff_address(),
                subject="What waits on the site",
                context=found | urls(),
                message_id=message_id,
            )
    except IntegrityError:
        return False
    return True

"""Once a day, what waits for the team: numbers and titles of guides, nothing personal."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from leads import mail
from leads.models import ConsultationRequest, EbookSignup, NewsMessage, OutgoingMail


def waiting() -> dict:
    """What the mail tells; every value is empty or 0 when nothing waits."""
    requests = ConsultationRequest.objects.not_held_back()
    failed = OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED)
    return {
        "open_requests": requests.filter(status__in=ConsultationRequest.OPEN_STATUSES).count(),
        # They are deleted after a while, and one of them may be a person who waits for a call.
        "held_back_requests": ConsultationRequest.objects.held_back().count(),
        "held_back_signups": EbookSignup.objects.held_back().count(),
        # Those without their text cannot be sent again, so nothing waits for anyone there.
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
    """Where staff do what the mail tells of."""
    return {
        "admin_url": settings.BASE_URL + reverse("admin:index"),
        "held_back_requests_url": held_back_url("consultationrequest"),
        "held_back_signups_url": held_back_url("ebooksignup"),
    }


def held_back_url(model: str) -> str:
    return settings.BASE_URL + reverse(f"admin:leads_{model}_changelist") + "?held_back=yes"


def queue() -> bool:
    """Queues today's digest unless nothing waits or it was queued already."""
    found = waiting()
    if not any(found.values()):
        return False
    # The database refuses a second mail with this id, whoever runs `daily` at the same time.
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

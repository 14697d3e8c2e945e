"""What the lists and the dashboard show in the same way."""

from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince

from clinic_site.admin.dashboard import badge
from leads.models import Bounce, ConsultationRequest, EbookSignup


def age(since: datetime) -> str:
    """How long ago, in the one unit that matters: 3 days."""
    passed = timesince(since, depth=1)
    return "under a minute" if passed.startswith("0") else passed


def moment(at: datetime) -> str:
    """Nov 23, 9:05 AM; with the year once it is another."""
    local = timezone.localtime(at)
    year = f", {local:%Y}" if local.year != timezone.localdate().year else ""
    return f"{local:%b %-d}{year}, {local:%-I:%M %p}"


def name(lead: EbookSignup | ConsultationRequest) -> str:
    return lead.name if isinstance(lead, ConsultationRequest) else lead.first_name


def tel_link(uri: str, words: str):
    return format_html('<a class="tel" href="{}">{}</a>', uri, words)


def mail_link(email: str, bounce: str | None):
    """With what is known of mail that does not reach them."""
    return format_html('<a href="mailto:{0}">{0}</a> {1}', email, bounce_badge(bounce))


def bounce_badge(reason: str | None):
    """That mail does not reach them, in the words of Bounce.Reason; nothing when it does."""
    return badge("failed", Bounce.Reason(reason).label) if reason else ""

"""Formats values in the same way for the lists and the dashboard."""

from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince

from clinic_site.admin.dashboard import badge
from leads.models import Bounce, ConsultationRequest, EbookSignup


def age(since: datetime) -> str:
    """How long ago, in the largest unit only, such as "3 days"."""
    passed = timesince(since, depth=1)
    return "under a minute" if passed.startswith("0") else passed


def date_and_time(at: datetime) -> str:
    """Such as "Nov 23, 9:05 AM"; with the year when it is not this year."""
    local = timezone.localtime(at)
    year = f", {local:%Y}" if local.year != timezone.localdate().year else ""
    return f"{local:%b %-d}{year}, {local:%-I:%M %p}"


def name(lead: EbookSignup | ConsultationRequest) -> str:
    return lead.name if isinstance(lead, ConsultationRequest) else lead.first_name


def tel_link(uri: str, words: str):
    return format_html('<a class="tel" href="{}">{}</a>', uri, words)


def mail_link(email: str, bounce: str | None):
    """The address as a link, with a badge when mail does not reach it."""
    return format_html('<a href="mailto:{0}">{0}</a> {1}', email, bounce_badge(bounce))


def bounce_badge(reason: str | None):
    """Says why mail does not reach a person; empty when it does."""
    return badge("failed", Bounce.Reason(reason).label) if reason else ""

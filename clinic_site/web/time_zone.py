"""Shows and reads all times in the practice's time zone, not in that of the server or of staff."""

from datetime import datetime, timedelta, tzinfo
from functools import cached_property

from django.db import Error
from django.utils import timezone

from clinic_site.models import Practice


class PracticeZone(tzinfo):
    """The practice's zone. It is read only when needed, because most pages show no time."""

    def __init__(self) -> None:
        self.practice_before = Practice._remembered

    @cached_property
    def zone(self) -> tzinfo:
        if Practice._remembered is not self.practice_before:  # the view has read it already
            return Practice.remembered().zone
        try:
            return Practice.load().zone
        except Error:  # the view gets the same error and answers it
            return Practice.remembered().zone

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        return self.zone.utcoffset(at)

    def dst(self, at: datetime | None) -> timedelta | None:
        return self.zone.dst(at)

    def tzname(self, at: datetime | None) -> str | None:
        return self.zone.tzname(at)

    def fromutc(self, at: datetime) -> datetime:
        return self.zone.fromutc(at.replace(tzinfo=self.zone))

    def __str__(self) -> str:
        return str(self.zone)


class PracticeZoneMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with timezone.override(PracticeZone()):
            return self.get_response(request)


def practice_zone():
    """For commands and the mail worker, which run without middleware."""
    return timezone.override(PracticeZone())

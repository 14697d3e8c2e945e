"""One time zone for all that is shown and typed: the practice's, wherever staff or server are."""

from django.db import Error
from django.utils import timezone

from clinic_site.models import Practice


class PracticeZoneMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            request.practice = Practice.load()
        except Error:  # the view meets it too, and says so
            request.practice = None
        practice = request.practice or Practice.remembered()
        with timezone.override(practice.zone):
            return self.get_response(request)


def practice_zone():
    """For commands and the worker, which no middleware serves."""
    return timezone.override(Practice.load().zone)

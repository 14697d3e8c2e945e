"""Answers whether the process runs, and whether the site can do its work (promise 25)."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic_site.models import Heartbeat
from clinic_site.web.errors import note_trouble

RETRY_SECONDS = 30

# An app adds a function here that returns what keeps it from working, or ''.
work_checks: list[Callable[[], str]] = []


def text(words: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(f"{words}\n", content_type="text/plain", status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


@require_safe
@never_cache
def healthz(request):
    """Checks only that the process answers requests."""
    return text("ok")


@require_safe
@never_cache
def readyz(request):
    """Checks that the database accepts a row within its timeout, and runs the apps' checks."""
    try:
        Heartbeat.objects.bulk_create(
            [Heartbeat(pk=1, at=timezone.now())],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["at"],
        )
        trouble = next(filter(None, (check() for check in work_checks)), "")
    except Error as error:
        note_trouble(error)
        trouble = "the database takes nothing"
    return text(f"not ready: {trouble}", 503) if trouble else text("ready")


PROBES = {"/healthz": healthz, "/readyz": readyz}


class ProbesMiddleware:
    """Answers before Django checks the Host header, because load balancers send an IP address."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        probe = PROBES.get(request.path_info, self.get_response)
        return probe(request)

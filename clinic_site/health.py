"""Whether the process lives, and whether the site can do its work (promise 25)."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic_site.models import Heartbeat
from clinic_site.web.errors import note_trouble

RETRY_SECONDS = 30

# Apps further up add what they need to work: a function that says what is wrong, or ''.
work_checks: list[Callable[[], str]] = []


def text(words: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(f"{words}\n", content_type="text/plain", status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


@require_safe
@never_cache
def healthz(request):
    """The process answers; nothing else is asked."""
    return text("ok")


@require_safe
@never_cache
def readyz(request):
    """A row can be written, within the busy timeout, and no app has something to say against it."""
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
    """Answers the probes before Django looks at Host, because balancers ask by address."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        probe = PROBES.get(request.path_info, self.get_response)
        return probe(request)

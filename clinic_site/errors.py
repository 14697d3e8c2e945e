"""The site's own error pages. They read neither the POST nor the database (promise 12).

Each says what happened and what to do; `base.html` adds the guide and the phone.
"""

import logging
import time

from django.db import InterfaceError, InternalError, OperationalError, connection
from django.http import HttpResponse
from django.template import loader

from clinic_site.models import Practice

logger = logging.getLogger(__name__)

RETRY_STORAGE_SECONDS = 30
# The last is what a read-only PostgreSQL answers.
STORAGE_TROUBLE = (OperationalError, InterfaceError, InternalError)

PAGES = {
    400: (
        "We could not read that request",
        "Something in it arrived garbled. Go back, check what you typed, and send it again.",
    ),
    403: (
        "We could not take that form",
        "It was not sent from a page of this site, or the page was open for too long. "
        "Open the page again here, fill in the form and send it.",
    ),
    404: (
        "We could not find that page",
        "The address may have a typing error, or the page has moved. Nothing is wrong with your "
        "phone or computer.",
    ),
    413: (
        "That is too long for us to take",
        "Go back, shorten what you wrote, and send it again. A short note is enough.",
    ),
    429: (
        "That was sent many times in a short while",
        "What you sent first is with us. Wait a little before you send more, or call us.",
    ),
    500: (
        "Something went wrong on our side",
        "We keep a record of the fault and will look into it. Try again in a few minutes, or "
        "call us.",
    ),
    503: (
        "We could not save that just now",
        "Our storage is busy, so what you sent was not taken. Nothing is wrong with what you "
        "typed. Go back, wait half a minute, and send it again, or call us.",
    ),
}


def page(status: int, *, retry_after: int | None = None) -> HttpResponse:
    title, advice = PAGES[status]
    context = {
        "practice": Practice.remembered(),
        "error_title": title,
        "advice": advice,
        "status": status,
    }
    html = loader.render_to_string("errors/error.html", context)
    response = HttpResponse(html, status=status, headers={"Cache-Control": "no-store"})
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def bad_request(request, exception=None):
    return page(400)


def forbidden(request, exception=None, reason=""):
    return page(403)


def not_found(request, exception=None):
    return page(404)


def too_large(request):
    return page(413)


def too_many(request, *, retry_after: int):
    return page(429, retry_after=retry_after)


def server_error(request):
    return page(500)


def unavailable(request):
    return page(503, retry_after=RETRY_STORAGE_SECONDS)


def renew_connection() -> None:
    """Lets the connection go at the end of the request.

    One that was opened while nothing could be written stays read-only, for as long as it is kept,
    when the storage is well again.
    """
    connection.close_at = time.monotonic()


class StorageTroubleMiddleware:
    """A locked, full or read-only database is a 503 to try again, never a crash (promise 2)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, STORAGE_TROUBLE):
            return None
        logger.error("storage trouble", exc_info=exception)
        renew_connection()
        return unavailable(request)

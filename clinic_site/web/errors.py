"""The site's own error pages. They never read the database, because it may be down (promise 12).

Each page says what happened and what to do. The template adds links to the guides and the phone
number. A public form that was refused is shown again with what the visitor typed
(docs/decisions/0013-refused-forms.md).
"""

import logging
import math
import sys
import time
from http import HTTPStatus

from django.db import DataError, InterfaceError, InternalError, OperationalError, connection
from django.http import HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils.http import http_date

from clinic_site.models import Practice
from clinic_site.web.admin_sessions import is_admin_address
from clinic_site.web.headers import public_headers

logger = logging.getLogger(__name__)

RETRY_STORAGE_SECONDS = 30
# PostgreSQL raises InternalError while it is read-only.
STORAGE_TROUBLE = (OperationalError, InterfaceError, InternalError)

PAGES = {
    400: (
        "We could not read that request",
        "Something in it arrived garbled. Go back, check what you typed, and send it again.",
    ),
    403: (
        "We could not take that form",
        "It was not sent from a page of this site. Open the page again here, fill in the form and "
        "send it.",
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
    414: (
        "That address is too long for us to read",
        "Something was added to the link on its way to you. Start again from the home page or "
        "the guide, or call us.",
    ),
    429: (
        "That was sent many times in a short while",
        "What you sent just now was not taken. If you sent it before, that is with us. Call us, or "
        "wait a little and send it again.",
    ),
    431: (
        "Your browser sent more than we can read",
        "Cookies of other sites often do that. Open the page in a private window, or call us.",
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

# The advice if the form is shown again below it, with what the visitor typed.
WITH_FORM = {
    403: "It was not sent from a page of this site, so it was not taken. What you typed is below. "
    "Check it and send it from here.",
    429: "What you sent just now was not taken. If you sent it before, that is with us. What you "
    "typed is below. Send it again in {wait}.",
    500: "We keep a record of the fault and will look into it. What you typed is below. Send it "
    "again in a few minutes.",
    503: "Our storage is busy, so what you sent was not taken. What you typed is below. Wait half "
    "a minute and send it again.",
}

# For staff. PAGES speaks to visitors about forms and about calling the practice. The third value is
# a link back: its URL name and its words.
STAFF_PAGES = {
    403: (
        "Your login does not open this page",
        "An owner can give your login the right to it.",
        ("admin:index", "Back to Today"),
    ),
    429: (
        "Too many wrong passwords",
        "Wait 15 minutes and try again, or ask an owner.",
        ("admin:login", "Back to the login"),
    ),
}

# Django's CSRF check refuses a form of the admin if the person has logged in or out since.
STALE_FORM = (
    "We could not take that form",
    "You logged in or out in another tab since you opened it. Go back and copy what you typed, "
    "reload the page, and send it again.",
    ("admin:index", "Back to Today"),
)


def page(
    status: int,
    *,
    request=None,
    retry_after: int | None = None,
    is_for_staff: bool = False,
    words: tuple | None = None,
) -> HttpResponse:
    title, advice, *back = words or (STAFF_PAGES if is_for_staff else PAGES)[status]
    form_html = form_again(request, status)
    context = {
        "practice": Practice.remembered(),
        "error_title": title,
        "advice": WITH_FORM[status].format(wait=in_words(retry_after)) if form_html else advice,
        "form_html": form_html,
        "status": status,
        "ways_back": [(reverse(name), words) for name, words in back],
    }
    html = loader.render_to_string("errors/error.html", context)
    response = HttpResponse(html, status=status, headers={"Cache-Control": "no-store"})
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def form_again(request, status: int) -> str:
    """The public form that was posted, with what was typed, as HTML; '' if there is none.

    `public_form` sets request.form_again once it knows that the body is short and readable.
    """
    draw = getattr(request, "form_again", None)
    if draw is None or status not in WITH_FORM:
        return ""
    try:
        return draw(request, is_ours=status != HTTPStatus.FORBIDDEN)
    except Exception:  # whatever the fault is, the visitor must get the page with the phone number
        logger.exception("a refused form could not be shown again")
        return ""


def in_words(seconds: int | None) -> str:
    minutes = math.ceil((seconds or 60) / 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def is_storage_trouble(error: BaseException | None) -> bool:
    """Whether a database error caused it. Django wraps errors from saving a session in its own."""
    while error:
        if isinstance(error, STORAGE_TROUBLE):
            return True
        error = error.__cause__ or error.__context__
    return False


def whole_answer(status: int) -> bytes:
    """The page with status line and headers, for requests that gunicorn refuses by itself.

    No middleware sees such a request, so nothing else would add the headers.
    """
    response = page(status)
    own = {
        "Date": http_date(),
        "Content-Length": str(len(response.content)),
        "Connection": "close",
    }
    for name, value in (public_headers() | own).items():
        response[name] = value
    return f"HTTP/1.1 {status} {response.reason_phrase}\r\n".encode() + response.serialize()


def note_trouble(error: BaseException) -> None:
    """Logs the error, and has the connection closed at the end of the request.

    A connection that was opened while the storage was read-only stays read-only, even after the
    storage can be written again.
    """
    logger.error("storage trouble", exc_info=error)
    connection.close_at = time.monotonic()


def storage_trouble(request, error: BaseException) -> HttpResponse:
    note_trouble(error)
    return unavailable(request)


def bad_request(request, exception=None):
    return storage_trouble(request, exception) if is_storage_trouble(exception) else page(400)


def forbidden(request, exception=None, reason=""):
    if reason:  # only Django's CSRF check passes one
        return page(403, words=STALE_FORM)
    # A GET sends no form, so the cause is that the login lacks the right.
    is_for_staff = is_admin_address(request) and request.method in {"GET", "HEAD"}
    return page(403, request=request, is_for_staff=is_for_staff)


def not_found(request, exception=None):
    return page(404)


def too_large(request):
    return page(413)


def too_many(request, *, retry_after: int):
    return page(429, request=request, retry_after=retry_after)


def server_error(request):
    """Also called for errors raised in middleware, which `process_exception` does not get."""
    error = sys.exc_info()[1]
    if error and is_storage_trouble(error):
        return storage_trouble(request, error)
    return page(500, request=request)


def unavailable(request):
    return page(503, request=request, retry_after=RETRY_STORAGE_SECONDS)


class StorageTroubleMiddleware:
    """Answers 503 if the database is locked, full or read-only, and not 500 (promise 2)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        # Input that is too long or too large for its column is a bad request. For a number that is
        # too large, SQLite's driver raises OverflowError.
        if isinstance(exception, DataError | OverflowError):
            # Logged because it may be a fault of ours. Only its type, because its message may hold
            # what the visitor typed.
            logger.error("data the database refuses: %s", type(exception).__name__)
            return bad_request(request)
        if not isinstance(exception, STORAGE_TROUBLE):
            return None
        return storage_trouble(request, exception)

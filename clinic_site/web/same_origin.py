"""The guard of public forms: no cookie, no token, and no other site can post to them.

Fetch metadata first, then Origin, then Referer; a request with none of the three is taken, since
no browser sends one to a form (promise 10, docs/decisions/0001).
"""

import re
from functools import partial, wraps
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clinic_site.web import errors

BODY_MAX_BYTES = 64 * 1024
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def is_ours(origin: str) -> bool:
    """Django serves a name with the dot of its root too, and so forms come from there."""
    return re.sub(r"\.(?=$|:\d+$)", "", origin.lower()) in settings.CSRF_TRUSTED_ORIGINS


def comes_from_our_pages(request) -> bool:
    """A header that is there but empty counts as absent: some privacy tools blank them."""
    site, origin, referer = (
        request.headers.get(name, "").strip() for name in ("Sec-Fetch-Site", "Origin", "Referer")
    )
    if site:
        # A browser that is told to send no Referer says "null" as Origin on our own pages too.
        # No page can choose its Sec-Fetch-Site, so that one tells ours from another's.
        return site in {"same-origin", "none"} and (origin in {"", "null"} or is_ours(origin))
    if origin:
        return is_ours(origin)
    if referer:
        try:
            parts = urlsplit(referer)
        except ValueError:
            return False
        return is_ours(f"{parts.scheme}://{parts.netloc}")
    return True


def body_length(request) -> int:
    """The announced length; RefusalsMiddleware lets through nothing but a number."""
    return int(request.META.get("CONTENT_LENGTH") or 0)


def is_readable(request) -> bool:
    """Whether the body is a form in UTF-8; anything else would arrive garbled."""
    if request.content_type not in FORM_TYPES:
        return False
    if request.content_params.get("charset", "utf-8").lower().replace("-", "") != "utf8":
        return False
    if request.content_type == FORM_TYPES[1]:
        return True
    try:
        unquote_to_bytes(request.body).decode()
    except UnicodeDecodeError:
        return False
    return True


def public_form(view=None, *, again=None):
    """For a view that shows a form on GET and takes it on POST, without cookie or session.

    `again(request, is_ours=…)` draws the form with what was typed, for the error pages; it must not
    need the database. `is_ours` is false for a form that another site sent.
    """
    if view is None:
        return partial(public_form, again=again)

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method == "POST":
            is_short = body_length(request) <= BODY_MAX_BYTES
            is_form = is_short and is_readable(request)
            request.form_again = again if is_form else None
            if not comes_from_our_pages(request):
                return errors.forbidden(request)
            if not is_short:
                return errors.too_large(request)
            if not is_form or request.FILES:
                return errors.bad_request(request)
        return view(request, *args, **kwargs)

    return guarded

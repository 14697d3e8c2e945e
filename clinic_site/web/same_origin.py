"""Guards public forms against posts from other sites, without a cookie or a token (promise 10).

It reads the headers Sec-Fetch-Site, Origin and Referer, in this order. A request with none of them
is accepted, because every browser sends at least one with a form (docs/decisions/0001).
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
    """Django also serves "example.com." with a dot at the end, so forms may come from there."""
    return re.sub(r"\.(?=$|:\d+$)", "", origin.lower()) in settings.CSRF_TRUSTED_ORIGINS


def comes_from_our_pages(request) -> bool:
    """An empty header counts as missing, because some privacy tools empty these headers."""
    site, origin, referer = (
        request.headers.get(name, "").strip() for name in ("Sec-Fetch-Site", "Origin", "Referer")
    )
    if site:
        # A browser that sends no Referer also sends "Origin: null", even from our own pages. That
        # is safe to accept, because no page can choose the value of its Sec-Fetch-Site.
        return site in {"same-origin", "none"} and (origin in {"", "null"} or is_ours(origin))
    if origin:
        return is_ours(origin)
    if referer:
        try:
            address = urlsplit(referer)
        except ValueError:
            return False
        return is_ours(f"{address.scheme}://{address.netloc}")
    return True


def body_length(request) -> int:
    """The value of Content-Length. RefusalsMiddleware has refused what is not a number."""
    return int(request.META.get("CONTENT_LENGTH") or 0)


def is_readable(request) -> bool:
    """Whether the body is a form in UTF-8. Django would read other text as garbled letters."""
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

    `again(request, is_ours=…)` renders the form with what was typed, for the error pages. It must
    not need the database. `is_ours` is false if another site sent the form.
    """
    if view is None:
        return partial(public_form, again=again)

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guard(request, *args, **kwargs):
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

    return guard

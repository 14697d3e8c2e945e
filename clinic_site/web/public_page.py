"""Marks views whose pages are the same for everybody, so that the page cache and CDNs keep them."""

from functools import wraps

from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

SHARED_MAX_AGE_SECONDS = 1
SHARED_STALE_SECONDS = 1


def mark_public(response):
    """Lets caches keep the answer for a second. Browsers must ask each time whether it is current.

    So staff and readers see an edit immediately. This holds for a permanent redirect too: if a page
    gets its former address back, a browser that kept the redirect would never show it there.
    """
    if response.status_code in {200, 301}:
        patch_cache_control(
            response,
            public=True,
            max_age=0,
            s_maxage=SHARED_MAX_AGE_SECONDS,
            stale_while_revalidate=SHARED_STALE_SECONDS,
        )
    return response


def public_when_read(view):
    """For a view whose GET depends on the path alone: on no cookie, query string or visitor."""

    @wraps(view)
    def marked(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        return mark_public(response) if request.method in {"GET", "HEAD"} else response

    marked.is_public_when_read = True  # type: ignore[attr-defined]  # is_public() reads it
    return marked


def public_page(view):
    """As public_when_read, for a view that takes no POST."""
    # Exempt from Django's CSRF check, so that a POST is answered 405, not 403.
    return csrf_exempt(require_safe(public_when_read(view)))


def is_public(path: str) -> bool:
    """Whether a view that is marked so answers a GET of this path."""
    try:
        return getattr(resolve(path).func, "is_public_when_read", False)
    except Resolver404:
        return False

"""Pages that are the same for everybody: cacheable by the edge cache and any CDN."""

from functools import wraps

from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

SHARED_MAX_AGE_SECONDS = 1
SHARED_STALE_SECONDS = 1


def mark_public(response):
    """Browsers ask each time whether their copy is still good, so they show what was just saved.

    A permanent redirect too: an address that was given back to its page would otherwise lead away
    from it in every browser that has seen the redirect.
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
    """For a view whose GET reads no cookie, no query string and nothing about the visitor."""

    @wraps(view)
    def marked(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        return mark_public(response) if request.method in {"GET", "HEAD"} else response

    marked.is_public_when_read = True  # type: ignore[attr-defined]  # is_public() reads it
    return marked


def public_page(view):
    """For such a view that takes no POST."""
    # A POST is told 405, not that a form was out of date.
    return csrf_exempt(require_safe(public_when_read(view)))


def is_public(path: str) -> bool:
    """Whether a GET of this path is answered by such a view."""
    try:
        return getattr(resolve(path).func, "is_public_when_read", False)
    except Resolver404:
        return False

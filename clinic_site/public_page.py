"""Pages that are the same for everybody: cacheable by the edge cache, browsers and any CDN."""

from functools import wraps

from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

MAX_AGE_SECONDS = 60
STALE_SECONDS = 600


def mark_public(response):
    if response.status_code == 200:
        patch_cache_control(
            response,
            public=True,
            max_age=MAX_AGE_SECONDS,
            stale_while_revalidate=STALE_SECONDS,
        )
    return response


def public_page(view):
    """For a GET view that reads no cookie, no query string and nothing about the visitor."""

    @csrf_exempt  # a POST is told 405, not that a form was out of date
    @require_safe
    @wraps(view)
    def marked(request, *args, **kwargs):
        return mark_public(view(request, *args, **kwargs))

    return marked

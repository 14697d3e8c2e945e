from datetime import timedelta
from functools import cache

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic_site.models import Practice
from clinic_site.web.public_page import public_page


@cache
def favicon_bytes() -> bytes:
    return (settings.BASE_DIR / "static" / "favicon.svg").read_bytes()


@require_safe
def favicon(request):
    headers = {"Cache-Control": "public, max-age=86400"}
    return HttpResponse(favicon_bytes(), content_type="image/svg+xml", headers=headers)


@require_safe
def favicon_ico(request):
    """Browsers and feed readers that ask for it unasked are sent to the drawing."""
    return redirect("/icon-32.png", permanent=True)


@public_page
def security_txt(request):
    """RFC 9116: where to report a vulnerability. Without a known contact there is none to give."""
    practice = Practice.load()
    if not (practice.email or practice.phone):
        raise Http404
    contact = f"mailto:{practice.email}" if practice.email else f"tel:{practice.phone}"
    expires = (timezone.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires}",
        "Preferred-Languages: en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

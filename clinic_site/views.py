from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone

from clinic_site.models import Practice
from clinic_site.web.public_page import public_page


@public_page
def security_txt(request):
    """Says where to report a vulnerability (RFC 9116, which requires a contact)."""
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

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic_site.models import ContentVersion


@require_safe
@never_cache
def healthz(request):
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    """The database answers; storage trouble becomes a 503 in the middleware."""
    ContentVersion.current()
    return HttpResponse("ready\n", content_type="text/plain")

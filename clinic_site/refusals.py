"""What no page of ours takes is refused before any view, the admin's too."""

from django.http import HttpResponseNotAllowed

from clinic_site import errors

METHODS = ["GET", "HEAD", "POST"]


class RefusalsMiddleware:
    """TRACE and its like, and the NUL character in a query, which PostgreSQL chokes on."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request)
        return self.get_response(request)

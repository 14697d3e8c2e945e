"""What no page of ours takes is refused before any view, the admin's too."""

import re

from django.http import HttpResponseNotAllowed

from clinic_site.web import errors

METHODS = ["GET", "HEAD", "POST"]
# As RFC 9110, 8.6 has it. Python reads "+5", "1_000" and Arabic digits as numbers too, and Django
# crashes at what it cannot read, when the form's fields are first asked for.
CONTENT_LENGTH = re.compile(r" *[0-9]{1,18} *")


class RefusalsMiddleware:
    """TRACE and its like, a length that is no number, and the NUL character in a query, which
    PostgreSQL chokes on."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        length = request.META.get("CONTENT_LENGTH", "")
        if length and not CONTENT_LENGTH.fullmatch(length):
            return errors.bad_request(request)
        if "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request)
        return self.get_response(request)

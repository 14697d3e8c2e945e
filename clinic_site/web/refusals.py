"""Refuses requests that no page of the site can answer, before any view runs."""

import re

from django.http import HttpResponseNotAllowed

from clinic_site.web import errors

METHODS = ["GET", "HEAD", "POST"]
# The syntax of RFC 9110, 8.6. Python's int() also takes "+5", "1_000" and Arabic digits. At a value
# that int() refuses, Django would crash when a view first reads the form.
CONTENT_LENGTH = re.compile(r" *[0-9]{1,18} *")


class RefusalsMiddleware:
    """Refuses other methods, such as TRACE, a Content-Length that is not a number, and a NUL
    character in the query string, at which PostgreSQL raises an error."""

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

"""Redirects an address that was typed with capital letters to the page in lower case."""

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path, iri_to_uri

from clinic_site.web.routes import TOKEN

METHODS = {"GET", "HEAD"}  # a redirect would lose what was sent with a POST


def exists(match, request) -> bool:
    # In a token, capitals matter: in lower case it is another token.
    if TOKEN in match.kwargs:
        return False
    try:
        return match.func(request, *match.args, **match.kwargs).status_code < 400
    except Http404:
        return False


def lowercase_path(request) -> str:
    """The path in lower case, with the slash at its end, if a page is there; or ''."""
    path = request.path_info
    # lower() turns some other letters into ASCII, such as the Kelvin sign into k. Such an address
    # was not typed with capital letters.
    if path == path.lower() or not path.isascii():
        return ""
    for candidate in (path.lower(), f"{path.lower()}/"):
        try:
            match = resolve(candidate)
        except Resolver404:
            continue
        return candidate if exists(match, request) else ""
    return ""


class LowercaseRedirectMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in METHODS:
            return response
        path = lowercase_path(request)
        if not path:
            return response
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            escape_uri_path(path) + (f"?{iri_to_uri(query)}" if query else "")
        )

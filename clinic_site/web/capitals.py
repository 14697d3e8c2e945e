"""An address typed with capital letters leads to the page, whose own address has none."""

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path, iri_to_uri

from clinic_site.web.routes import TOKEN

METHODS = {"GET", "HEAD"}  # what was sent with a POST would be lost by a redirect


def is_there(match, request) -> bool:
    # Tokens are told apart by their capitals, so an address with one has no other spelling.
    if TOKEN in match.kwargs:
        return False
    try:
        return match.func(request, *match.args, **match.kwargs).status_code < 400
    except Http404:
        return False


def page_in_small_letters(request) -> str:
    """The path of the page that is there in small letters, with its slash at the end; or ''."""
    path = request.path_info
    # Letters of other alphabets may be lowered to ASCII, the Kelvin sign to k.
    if path == path.lower() or not path.isascii():
        return ""
    for candidate in (path.lower(), f"{path.lower()}/"):
        try:
            match = resolve(candidate)
        except Resolver404:
            continue
        return candidate if is_there(match, request) else ""
    return ""


class CapitalsMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in METHODS:
            return response
        path = page_in_small_letters(request)
        if not path:
            return response
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            escape_uri_path(path) + (f"?{iri_to_uri(query)}" if query else "")
        )

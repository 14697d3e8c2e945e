from django.http import HttpResponseNotAllowed

METHODS = ["GET", "HEAD", "POST"]


class KnownMethodsMiddleware:
    """TRACE and whatever else no page of ours takes is refused before any view, the admin's too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)

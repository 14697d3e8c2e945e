"""Sessions are for staff. Pages outside the admin neither read a session nor set its cookie."""

import re

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware

# The session keys that Django makes. Any other cookie value is ignored and never queried.
KEY = re.compile(r"[a-z0-9]{32}")


def is_admin_address(request) -> bool:
    return request.path_info.startswith(f"/{settings.ADMIN_PATH}")


class AdminSessionMiddleware(SessionMiddleware):
    def process_request(self, request):
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        is_known = is_admin_address(request) and KEY.fullmatch(key)
        request.session = self.SessionStore(key if is_known else None)

    def process_response(self, request, response):
        if not is_admin_address(request):
            return response
        return super().process_response(request, response)

"""Sessions are for staff: no page outside the admin reads one, writes one or sets its cookie."""

import re

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware

# As Django makes them; what anybody else has set as our cookie never reaches the database.
KEY = re.compile(r"[a-z0-9]{32}")


def is_admin(request) -> bool:
    return request.path_info.startswith(f"/{settings.ADMIN_PATH}")


class AdminSessionMiddleware(SessionMiddleware):
    def process_request(self, request):
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        is_known = is_admin(request) and KEY.fullmatch(key)
        request.session = self.SessionStore(key if is_known else None)

    def process_response(self, request, response):
        return super().process_response(request, response) if is_admin(request) else response

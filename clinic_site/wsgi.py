import logging
import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
django.setup(set_prefix=False)
# Sends warnings to the logger py.warnings, which settings.py silences, because a warning can quote
# what a visitor typed.
logging.captureWarnings(capture=True)

from clinic_site.web.page_cache.cache import PageCache  # noqa: E402 needs the apps that were just loaded


class Request(WSGIRequest):
    """Ignores a malformed Content-Type. Django would raise an error and drop the connection."""

    def _set_content_type_params(self, meta):
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # not in the stubs
        except ValueError:
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    request_class = Request


application = PageCache(Handler())

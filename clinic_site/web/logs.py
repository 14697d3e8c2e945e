"""Writes each event as one JSON line, with the id of the request and no personal data (promise 20).

The messages of exceptions are left out, because a database repeats the refused value in them, often
an email address. The class of the exception and the place in the code are enough to find a fault.
"""

import json
import logging
import re
import sys
import traceback
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

request_id: ContextVar[str] = ContextVar("request_id", default="")

PLAIN_PATH = re.compile(r"/[\w./-]{0,100}", re.ASCII)
HIDDEN = "-"


def loggable_path(path: str) -> str:
    """The path with "-" for a token; only "-" if a visitor may have typed personal data into it.

    Also only "-" as long as the routes of the site cannot be read, because nothing else tells which
    paths hold tokens.
    """
    # gunicorn's master logs too. It must not import the site (see gunicorn_worker.py).
    if "django.urls" not in sys.modules:
        return HIDDEN
    from clinic_site.web import routes  # noqa: PLC0415 imports Django

    try:
        shown = routes.without_tokens(path, HIDDEN)
    except Exception:  # noqa: BLE001 whatever an import of a URLconf can raise
        return HIDDEN
    return shown if PLAIN_PATH.fullmatch(shown) else HIDDEN


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": self.event(record),
        }
        if current := request_id.get():
            event["request"] = current
        event |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0]:
            event["error"] = record.exc_info[0].__qualname__
            frames = traceback.extract_tb(record.exc_info[2])
            event["trace"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(event, ensure_ascii=False)

    def event(self, record: logging.LogRecord) -> str:
        """The message, with the tokens in its paths hidden."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                loggable_path(arg) if isinstance(arg, str) and arg.startswith("/") else arg
                for arg in record.args
            )
        return record.getMessage()


class RequestIdMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = request_id.set(uuid.uuid4().hex[:12])
        try:
            return self.get_response(request)
        finally:
            request_id.reset(token)


class GunicornLogger(Logger):
    """Writes gunicorn's own events and its access log as JSON too."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            handler.setFormatter(JsonFormatter())

    def access(self, resp, req, environ, request_time):
        if not self.access_log_enabled:
            return
        fields = {
            "method": req.method if PLAIN_PATH.fullmatch("/" + req.method) else HIDDEN,
            "path": loggable_path(req.path),
            "status": resp.status_code,
            "bytes": resp.sent,
            "ms": round(request_time.total_seconds() * 1000, 1),
        }
        self.access_log.info("request", extra={"fields": fields})

"""gunicorn's threaded worker, whose own error answers are the site's error pages (promise 11).

gunicorn's master process imports this module, so it must not import the site at the top. After an
update, HUP starts new workers, and they would inherit the old modules from the master.
"""

import time
from contextlib import suppress

from gunicorn import util
from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.gthread import ThreadWorker

# Everything else that gunicorn cannot read gets 400. gunicorn itself answers 501 to an unknown
# Transfer-Encoding, but no input may cause a 5xx (promise 13).
STATUSES = {LimitRequestLine: 414, LimitRequestHeaders: 431}
# The most that is read of a request after its answer. The proxies of docs/deploy let through less,
# and a thread must not wait long for a slow sender.
READ_ON_BYTES = 3 * 1024 * 1024
READ_ON_SECONDS = 5
OUR_FAULTS = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)


class Worker(ThreadWorker):
    def handle_error(self, req, client, addr, exc):
        from clinic_site.web import errors, logs  # noqa: PLC0415 see the module's docstring

        if isinstance(exc, ParseException) and not isinstance(exc, OUR_FAULTS):
            status = STATUSES.get(type(exc), 400)
            # Only its type, because its message repeats what the visitor sent.
            fields = {"status": status, "error": type(exc).__name__}
            self.log.warning("Invalid request", extra={"fields": fields})
        else:
            status = 500
            path = logs.loggable_path(getattr(req, "path", ""))
            self.log.error("Error handling %s", path, exc_info=exc)
        # Non-blocking: if the client does not read, this thread must not wait, others need it.
        with suppress(OSError):
            util.write_nonblock(client, errors.whole_answer(status))

    def _keepalive_after(self, conn, keepalive):
        """Reads the rest of an answered request, and decides if the connection stays open.

        A proxy that is still sending when the connection closes answers 502 instead of our page, so
        up to READ_ON_BYTES are read; gunicorn alone reads 64 kB. If the rest is malformed, the
        connection closes without another answer, which would seem to answer the next request.
        """
        end = time.monotonic() + READ_ON_SECONDS
        try:
            if keepalive and not conn.parser.finish_body(end, max_bytes=READ_ON_BYTES):
                return False
            return super()._keepalive_after(conn, keepalive)
        except ParseException:
            return False

"""gunicorn's threaded worker, whose own answers look like all others of the site (promise 11).

The master imports this module to start workers, so nothing of the site is imported above: what
the master holds, the workers that HUP starts after an update would inherit.
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

# All else that cannot be read is a 400. gunicorn answers 501 to an unknown Transfer-Encoding, but
# no input may look like a fault of ours (promise 13).
STATUSES = {LimitRequestLine: 414, LimitRequestHeaders: 431}
# Of what the proxies of docs/deploy let through; a thread does not wait longer for a slow sender.
READ_ON_BYTES = 3 * 1024 * 1024
READ_ON_SECONDS = 5
OUR_FAULTS = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)


class Worker(ThreadWorker):
    def handle_error(self, req, client, addr, exc):
        from clinic_site.web import errors, logs  # noqa: PLC0415 after the fork, see above

        if isinstance(exc, ParseException) and not isinstance(exc, OUR_FAULTS):
            status = STATUSES.get(type(exc), 400)
            # The words of the exception are what the visitor sent.
            fields = {"status": status, "error": type(exc).__name__}
            self.log.warning("Invalid request", extra={"fields": fields})
        else:
            status = 500
            path = logs.loggable_path(getattr(req, "path", ""))
            self.log.error("Error handling %s", path, exc_info=exc)
        # Not a wait for whoever does not read: its thread is wanted by others.
        with suppress(OSError):
            util.write_nonblock(client, errors.whole_answer(status))

    def _keepalive_after(self, conn, keepalive):
        """Closes after a body that ends in garbage; its request is answered already.

        A second answer would be taken for that to the next request on the connection. What was
        answered before it was sent to its end is read first, and not only gunicorn's 64 kB of it:
        a proxy that is still sending when the connection closes answers 502, and our page is lost.
        """
        end = time.monotonic() + READ_ON_SECONDS
        try:
            if keepalive and not conn.parser.finish_body(end, max_bytes=READ_ON_BYTES):
                return False
            return super()._keepalive_after(conn, keepalive)
        except ParseException:
            return False

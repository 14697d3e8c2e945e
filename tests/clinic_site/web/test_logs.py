import json
import logging
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from clinic_site.web import logs
from clinic_site.web.logs import JsonFormatter, loggable_path
from tests.running_site import ROOT


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/guides/back-spasm-treatment/", "/guides/back-spasm-treatment/"),
        ("/ebooks/library/abc:def:ghi/", "/ebooks/library/-"),
        ("/ebooks/library/abc:def:ghi/first-days.pdf", "/ebooks/library/-"),
        ("/ebooks/library/abc:def:ghi/nonsense/x", "/ebooks/library/-"),
        ("/My-Data/abc", "/My-Data/-"),
        ("/my-data/abc Ann", "-"),
        ("/news/confirm/abc/", "/news/confirm/-"),
        ("/my-data/abc/", "/my-data/-"),
        ("/preview/abc/", "/preview/-"),
        ("/ann@example.com", "-"),
        ("/call/%2B12485550123 Ann", "-"),
    ],
)
def test_loggable_path_keeps_tokens_and_persons_out(path, logged):
    assert loggable_path(path) == logged


def test_no_path_is_logged_while_the_routes_cannot_be_read(settings):
    """This happens while the first request imports the URLconf, or if the URLconf has a fault."""
    settings.ROOT_URLCONF = "clinic_site.there_is_no_such_module"

    assert loggable_path("/my-data/abc/") == loggable_path("/guides/") == "-"


def test_gunicorns_master_logs_without_importing_django():
    """The workers of the next release would inherit what the master process has imported."""
    script = (
        "import sys; from clinic_site.web import logs; print(logs.loggable_path('/my-data/abc/'));"
        "print('django' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["-", "False"]


@pytest.mark.parametrize("method", ["GET", "POST", "TRACE"])
def test_access_line_of_any_method_holds_no_token(monkeypatch, method):
    assert access_line(monkeypatch, method, "/news/confirm/abc/")["path"] == "/news/confirm/-"


def test_log_line_of_a_crash_tells_place_and_class_but_not_the_words():
    try:
        raise ValueError("ann@example.com is taken")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    args = ("/my-data/abc/",)
    record = logging.LogRecord("leads", logging.ERROR, "f.py", 1, "crash at %s", args, info)

    event = json.loads(JsonFormatter().format(record))

    assert (event["event"], event["error"]) == ("crash at /my-data/-", "ValueError")
    assert "test_log_line" in event["trace"][0]
    assert "ann@example.com" not in json.dumps(event)


def test_log_lines_of_one_request_share_an_id():
    seen = []
    logs.RequestIdMiddleware(lambda request: seen.append(logs.request_id.get()))(None)
    logs.RequestIdMiddleware(lambda request: seen.append(logs.request_id.get()))(None)

    assert len(seen[0]) == 12
    assert seen[0] != seen[1]
    assert logs.request_id.get() == ""


def test_log_line_carries_the_id_of_its_request():
    record = logging.LogRecord("leads", logging.INFO, "f.py", 1, "mail", (), None)

    def answer(request):
        return logs.request_id.get(), json.loads(JsonFormatter().format(record))

    number, event = logs.RequestIdMiddleware(answer)(None)

    assert event["request"] == number


def access_line(monkeypatch, method, path, query=""):
    """The fields of the line that gunicorn writes to its access log about one request."""
    config = Config()
    config.set("accesslog", "-")
    log, lines = logs.GunicornLogger(config), []
    monkeypatch.setattr(log.access_log, "info", lambda event, extra: lines.append(extra["fields"]))
    request = SimpleNamespace(method=method, path=path, uri=path + query)
    log.access(SimpleNamespace(status_code=200, sent=5), request, {}, timedelta(seconds=0.25))
    (line,) = lines
    return line


def test_access_line_holds_no_token_and_no_query(monkeypatch):
    line = access_line(monkeypatch, "GET", "/my-data/abc:def/", "?email=ann@example.com")

    assert line == {"method": "GET", "path": "/my-data/-", "status": 200, "bytes": 5, "ms": 250.0}

import json
import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from clinic_site.web import logs
from clinic_site.web.logs import JsonFormatter, loggable_path


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/guides/back-spasm-treatment/", "/guides/back-spasm-treatment/"),
        ("/ebooks/library/abc:def:ghi/", "/ebooks/library/-"),
        ("/ebooks/library/abc:def:ghi/first-days.pdf", "/ebooks/library/-"),
        ("/news/confirm/abc/", "/news/confirm/-"),
        ("/my-data/abc/", "/my-data/-"),
        ("/preview/abc/", "/preview/-"),
        ("/ann@example.com", "-"),
        ("/call/%2B12485550123 Ann", "-"),
    ],
)
def test_loggable_path_keeps_tokens_and_persons_out(path, logged):
    assert loggable_path(path) == logged


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


def test_access_line_holds_no_token_and_no_query(monkeypatch):
    config = Config()
    config.set("accesslog", "-")
    log, lines = logs.GunicornLogger(config), []
    monkeypatch.setattr(log.access_log, "info", lambda event, extra: lines.append(extra["fields"]))
    uri = "/my-data/abc:def/?email=ann@example.com"
    request = SimpleNamespace(method="GET", path="/my-data/abc:def/", uri=uri)

    log.access(SimpleNamespace(status_code=200, sent=5), request, {}, timedelta(seconds=0.25))

    assert lines == [
        {"method": "GET", "path": "/my-data/-", "status": 200, "bytes": 5, "ms": 250.0}
    ]

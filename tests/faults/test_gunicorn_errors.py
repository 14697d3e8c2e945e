"""The error pages for requests that gunicorn refuses before Django sees them, or that crash Django.

A client that sent a whole head gets a page with the phone number, because a browser with too many
cookies needs it. A client that hangs up earlier gets nothing, because it could not read it.
"""

import json
import logging
import os
import socket
from email.parser import BytesHeaderParser

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from clinic_site.web.gunicorn_worker import Worker

SECURITY = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "X-Frame-Options",
)
GET = b"GET / HTTP/1.1\r\n"
POST = b"POST /ebooks/ HTTP/1.1\r\n"
TLS_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(128, 200))
CHUNKED = b"Transfer-Encoding: chunked\r\n"
REFUSED = {
    "long address": (b"GET /%s HTTP/1.1\r\n" % (b"a" * 4100), 414),
    "endless address": (b"GET /" + b"a" * 5000, 414),
    "long header": (GET + b"X-Long: %s\r\n" % (b"a" * 8200), 431),
    "many headers": (GET + b"".join(b"X-%d: a\r\n" % n for n in range(61)), 431),
    "method": (b"<script>1</script> / HTTP/1.1\r\n", 400),
    "version": (b"GET / HTTP/9.9\r\n", 400),
    "http/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n", 400),
    "no words": (b"\r\n\r\n\r\n", 400),
    "address": (b"GET http://[::1/ HTTP/1.1\r\n", 400),
    "bytes in address": (b"GET /\xff<b>oh</b> HTTP/1.1\r\n", 400),
    "bare lf": (b"GET / HTTP/1.1\n", 400),
    "tls hello": (TLS_HELLO + b"\n", 400),
    "endless tls": (TLS_HELLO * 60, 414),
    "header name": (GET + b"Bad Header: a\r\n", 400),
    "nul": (GET + b"X-Name: ann\0\r\n", 400),
    "folded": (GET + b"X-Name: a\r\n b\r\n", 400),
    "two hosts": (GET + b"Host: a\r\nHost: b\r\n", 400),
    "two types": (POST + b"Content-Type: a/b\r\nContent-Type: a/b\r\n", 400),
    "expectation": (GET + b"Expect: miracles\r\n", 400),
    "unknown coding": (POST + b"Transfer-Encoding: xchunked\r\n", 400),
    "coding not chunked": (POST + b"Transfer-Encoding: gzip\r\n", 400),
    "chunked twice": (POST + b"Transfer-Encoding: chunked, chunked\r\n", 400),
    "chunked then none": (POST + b"Transfer-Encoding: chunked, identity\r\n", 400),
    "chunked http/1.0": (b"POST /ebooks/ HTTP/1.0\r\n" + CHUNKED, 400),
    "length and chunked": (POST + b"Content-Length: 5\r\n" + CHUNKED, 400),
    "chunked and length": (POST + CHUNKED + b"Content-Length: 5\r\n", 400),
    "hidden chunked": (POST + b"Content-Length: 5\r\nTransfer-Encoding : chunked\r\n", 400),
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n", 400),
    "same length twice": (POST + b"Content-Length: 5\r\nContent-Length: 5\r\n", 400),
    "negative length": (POST + b"Content-Length: -1\r\n", 400),
    "length of no digit": (POST + b"Content-Length: \xb2\r\n", 400),
    "length of 4,400 digits": (POST + b"Content-Length: %s\r\n" % (b"9" * 4400), 400),
}


def ask(site, request: bytes) -> bytes:
    """Sends the request and returns the answer. It times out if the site does not close."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def parse(answer: bytes):
    head, _, body = answer.partition(b"\r\n\r\n")
    first, _, lines = head.partition(b"\r\n")
    return int(first.split()[1]), BytesHeaderParser().parsebytes(lines), body


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_is_an_error_page_with_the_usual_headers(site, name):
    request, expected = REFUSED[name]
    _, usual, _ = site.get("/healthz")

    status, headers, body = parse(ask(site, request + b"\r\n"))

    assert status == expected
    assert [headers[n] for n in SECURITY] == [usual[n] for n in SECURITY]
    assert None not in [headers[n] for n in SECURITY]
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert (headers["Cache-Control"], headers["Connection"]) == ("no-store", "close")
    assert int(headers["Content-Length"]) == len(body)
    assert {414: b"too long", 431: b"more than we can read", 400: b"could not read that"}[
        expected
    ] in body
    assert site.get("/healthz")[0] == 200


@pytest.mark.parametrize("request_", [b"", b"GET / HT", GET + b"Host: a\r\n", TLS_HELLO])
def test_refusal_is_not_sent_to_a_client_that_hung_up(site, request_):
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)

        assert connection.recv(65536) == b""
    assert site.get("/healthz")[0] == 200


@pytest.mark.parametrize(
    "garbage",
    [b"zz\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloXX0\r\n\r\n", b"5;\x01\r\nhello\r\n0\r\n\r\n"],
)
def test_broken_body_gets_one_answer_and_not_two(site, garbage):
    """A proxy would give a second answer to the next visitor on the same connection."""
    head = b"POST /ebooks/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % site.port + CHUNKED + b"\r\n"

    answer = ask(site, head + garbage + GET + b"\r\n")

    assert answer.count(b"HTTP/1.1 ") == 1
    assert parse(answer)[0] == 400


def test_refusal_is_logged_without_the_words_of_the_request(site):
    ask(site, GET + b"ann-of-the-log@example.com: a\r\n\r\n")

    log = site.log()
    lines = [json.loads(line) for line in log.splitlines() if '"Invalid request"' in line]
    assert (lines[-1]["status"], lines[-1]["error"]) == (400, "InvalidHeaderName")
    assert "ann-of-the-log" not in log


def answer_of_worker(application, request: bytes) -> bytes:
    """The answer of a gunicorn worker that runs this application."""
    log = logging.getLogger("gunicorn.tests")
    worker = Worker(1, os.getppid(), [], None, 30, Config(), log)
    worker.wsgi = application
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(request)
        worker.handle(TConn(worker.cfg, ours, ("127.0.0.1", 1), ("127.0.0.1", 80)))
        ours.close()
        worker.tmp.close()
        return b"".join(iter(lambda: theirs.recv(65536), b""))


def crash(environ, start_response):
    raise RuntimeError("ann@example.com is taken")


def misspell(environ, start_response):
    start_response("200 OK", [("X-Name", "ann\r\nSet-Cookie: a=b")])


@pytest.mark.parametrize("application", [crash, misspell])
def test_crash_outside_django_is_answered_with_an_error_page(settings, caplog, application):
    settings.IS_HTTPS, settings.SECURE_HSTS_SECONDS = True, 31_536_000

    status, headers, body = parse(
        answer_of_worker(application, b"GET /news/confirm/abc HTTP/1.1\r\n\r\n")
    )

    assert status == 500
    assert b"Something went wrong on our side" in body
    assert b"ann" not in body
    assert [name for name in SECURITY if name not in headers] == []
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert caplog.messages == ["Error handling /news/confirm/-"]


def test_refusal_behind_tls_asks_for_https_for_a_year(settings):
    settings.IS_HTTPS, settings.SECURE_HSTS_SECONDS = True, 31_536_000

    status, headers, _ = parse(answer_of_worker(crash, b"get / HTTP/1.1\r\n\r\n"))

    assert (status, headers["Strict-Transport-Security"]) == (400, "max-age=31536000")

"""Which headers gunicorn passes on, what it refuses, and how it serves many slow visitors."""

import contextlib
import re
import socket
import threading
import time

import pytest

SLOW_CLIENTS = 30  # fewer than the 32 threads of a worker, because one worker may get them all


def ask(site, head: str, *lines: str, body: str = "") -> bytes:
    """Sends exactly these lines and returns the answer."""
    host = f"Host: 127.0.0.1:{site.port}"
    request = "\r\n".join([head, host, "Connection: close", *lines, "", body])
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        return b"".join(iter(lambda: connection.recv(65536), b""))


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("line", ["My_Header: 1", "_: 1", "X_Request_Id: 7", "CF_Ray: a"])
@pytest.mark.parametrize("path", ["/", "/static/css/site.css", "/healthz", "/admin/login/"])
def test_gunicorn_drops_headers_with_an_underscore(site, report, path, line):
    answered = status_of(ask(site, f"GET {path} HTTP/1.1", line))

    report(f"{line} on {path}: {answered}")
    assert answered == 200


@pytest.mark.parametrize("line", ["Script_Name: /evil", "SCRIPT_NAME: /evil", "Path_Info: /evil"])
def test_gunicorn_ignores_a_path_in_a_header_with_an_underscore(site, report, line):
    answer = ask(site, "GET /ebooks/ HTTP/1.1", line)

    report(f"{line}: {status_of(answer)}, /evil x{answer.count(b'/evil')} in the page")
    assert status_of(answer) == 200
    assert b'<link rel="canonical" href="%s/ebooks/">' % site.url.encode() in answer
    assert b"/evil" not in answer


FORM = "name=Ann&phone=2485550123&best_time=any"
FORM_LINES = [
    "Content-Type: application/x-www-form-urlencoded",
    f"Content-Length: {len(FORM)}",
]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Sec-Fetch-Site: cross-site", "Sec_Fetch_Site: same-origin"], 403),
        (["Origin: null", "Sec_Fetch_Site: same-origin"], 403),
        (["Origin: https://evil.example", "Sec_Fetch_Site: none"], 403),
        (["Content_Length: 3", "Content_Type: a/b", "Transfer_Encoding: chunked"], 303),
    ],
)
def test_gunicorn_ignores_headers_of_a_form_with_an_underscore(site, report, lines, expected):
    answer = ask(site, "POST /consultation/ HTTP/1.1", *FORM_LINES, *lines, body=FORM)

    report(f"{lines[-1]}: {status_of(answer)}")
    assert status_of(answer) == expected


def test_gunicorn_ignores_a_client_address_in_a_header_with_an_underscore(own_site, report):
    lines = ["X-Forwarded-For: 203.0.113.7", *FORM_LINES]

    for number in range(3):
        forged = f"X_Forwarded_For: 198.51.100.{number}"
        ask(own_site, "POST /consultation/ HTTP/1.1", *lines, forged, body=FORM)

    counts = own_site.rows("SELECT count FROM leads_attempt WHERE kind = 'request by client'")
    report(f"X_Forwarded_For of three clients: counted {counts}")
    assert counts == [(3,)]


def test_gunicorn_ignores_a_path_in_a_header(site, report):
    answer = ask(site, "GET /ebooks/ HTTP/1.1", "Script-Name: /evil", "X-Script-Name: /evil")

    report(f"Script-Name: /evil: {status_of(answer)}, /evil x{answer.count(b'/evil')} in the page")
    assert status_of(answer) == 200
    assert b"/evil" not in answer


def test_gunicorn_answers_a_form_whose_type_cannot_be_read(site, report):
    kind = "Content-Type: application/x-www-form-urlencoded; charset*=bogus''utf-8"

    answer = ask(site, "POST /consultation/ HTTP/1.1", kind, "Content-Length: 0")

    report(f"a form of a bogus charset: {status_of(answer)}")
    assert status_of(answer) == 400
    assert b"We could not read that request" in answer


@pytest.mark.parametrize(
    ("path", "size", "expected"),
    [
        ("/consultation/", 64 * 1024 + 1, [413, 200]),
        ("/consultation/", 3_000_000, [413, 200]),
        ("/nowhere/", 1_000_000, [404, 200]),
        ("/consultation/", 4_000_000, [413]),  # gunicorn closes, because no form is so long
    ],
)
def test_gunicorn_reads_the_rest_of_a_form_after_an_early_answer(
    site, report, path, size, expected
):
    """If the site closed the connection while a proxy sends, the proxy would lose the answer."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nContent-Length: {size}\r\n\r\n"
    probe = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = b""

    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        sender = threading.Thread(
            target=send, args=(connection, head.encode() + b"a" * size + probe)
        )
        sender.start()
        with contextlib.suppress(ConnectionResetError):
            while some := connection.recv(65536):
                answer += some
    sender.join()

    statuses = [int(status) for status in re.findall(rb"HTTP/1.1 (\d+) ", answer)]
    report(f"{path} with {size} bytes, and a probe: {statuses}")
    assert statuses == expected
    assert (b"ok\n" in answer) == (expected[-1] == 200)  # the page of the probe


def send(connection, request: bytes) -> None:
    with contextlib.suppress(OSError):  # the other side has closed
        connection.sendall(request)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/admin/", "/static/css/site.css", "/nowhere/"])
def test_gunicorn_refuses_other_methods_and_reflects_no_header(site, report, method, path):
    answer = ask(site, f"{method} {path} HTTP/1.1", "X-Secret: open sesame")

    report(f"{method} {path}: {status_of(answer)}")
    assert status_of(answer) == 405
    assert b"open sesame" not in answer


@pytest.mark.parametrize(
    ("head", "lines", "expected"),
    [
        (f"GET /{'a' * 4100} HTTP/1.1", [], 414),
        ("GET / HTTP/1.1", [f"X-Long: {'a' * 8200}"], 431),
        ("GET / HTTP/1.1", [f"X-{n}: a" for n in range(61)], 431),
        ("GET / HTTP/9.9", [], 400),
        ("get / HTTP/1.1", [], 400),
        ("GET / HTTP/1.1", ["Bad Header: a"], 400),
    ],
)
def test_gunicorn_refuses_a_request_that_is_too_long_or_broken(site, report, head, lines, expected):
    answered = status_of(ask(site, head, *lines))

    report(f"{head[:20]} of {len(head)} bytes and {len(lines)} lines: {answered}")
    assert answered == expected


def test_gunicorn_answers_others_while_30_clients_are_slow(site, report):
    """Half send their headers slowly and half their form. Each would block a sync worker."""
    head = f"POST /ebooks/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n".encode()
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(SLOW_CLIENTS)]
    is_over = threading.Event()

    def dawdle():
        for number, client in enumerate(slow):
            client.sendall(head + form * (number % 2))
        while not is_over.wait(0.2):
            for number, client in enumerate(slow):
                client.sendall(
                    b"a" if number % 2 else b"X-Slow: a\r\n" if number % 20 == 0 else b""
                )

    thread = threading.Thread(target=dawdle)
    thread.start()
    time.sleep(1)
    seconds = []
    for path in ("/healthz", "/", "/readyz", "/ebooks/"):
        began = time.monotonic()
        assert site.get(path)[0] == 200
        seconds.append(round(time.monotonic() - began, 3))
    is_over.set()
    thread.join()
    for client in slow:
        client.close()

    report(f"{SLOW_CLIENTS} slow clients: others are answered within {max(seconds)} s")
    assert max(seconds) < 1

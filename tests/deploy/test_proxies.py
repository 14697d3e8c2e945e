"""Each proxy works in front of a running site with its configuration from docs/deploy."""

import re
import runpy
import threading
import time
import urllib.parse
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from articles import upload_validators
from tests.deploy.proxies import NAME, read_configuration
from tests.running_site import ROOT

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{NAME}"}
REQUEST = "name=Ann&phone=2485550123&best_time=any"
FORGED = {"X-Forwarded-For": "198.51.100.{}", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "a"}
SLOW_CLIENTS = 50


class Fields(HTMLParser):
    """Reads the fields that a browser would send with a page's forms without a change."""

    def __init__(self, page):
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name"), given.get("value", "")
        is_off = given.get("type") in {"checkbox", "radio"} and "checked" not in given
        if tag == "input" and name and not is_off and given.get("type") not in {"file", "submit"}:
            self.values[name] = value
        if tag in {"textarea", "select"} and name:
            self.select, self.values[name] = name, ""
        if tag == "option" and "selected" in given:
            self.values[self.select] = value


class Staff:
    """A member of staff who logs in to the admin through the proxy."""

    def __init__(self, proxy):
        self.proxy, self.cookies = proxy, SimpleCookie()
        login = self.fields("/admin/login/") | {"username": "olga"}
        login["password"] = "a long password of the tests"
        body = urllib.parse.urlencode(login)
        assert self.send("POST", "/admin/login/", body, FORM)[0] == 302

    def send(self, method, path, body=None, headers=None):
        jar = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        own = {"Cookie": jar, "Referer": f"https://{NAME}{path}"} | (headers or {})
        status, answered, page = self.proxy.request(method, path, body, own)
        for line in answered.get_all("Set-Cookie") or []:
            self.cookies.load(line)
        return status, page

    def fields(self, path):
        return Fields(self.send("GET", path)[1]).values

    def upload(self, size, slug):
        """Adds an ebook with a PDF of `size` bytes and returns the answer."""
        path = "/admin/articles/ebook/add/"
        pdf = type("File", (), {"name": "book.pdf", "read": lambda _: b"%PDF-1.7".ljust(size)})()
        form = self.fields(path) | {"title": slug, "slug": slug, "upload_pdf": pdf}
        kind = {"Content-Type": MULTIPART_CONTENT, "Origin": f"https://{NAME}"}
        return self.send("POST", path, encode_multipart(BOUNDARY, form), kind)


def test_proxy_serves_pages_with_tls(proxy):
    status, headers, page = proxy.request("GET", "/", headers=FORGED | {"My_Header": "1"})

    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert f'<link rel="canonical" href="https://{NAME}/">'.encode() in page


def test_proxy_redirects_from_http_to_https(proxy):
    assert proxy.get_by_address("/ebooks/?a=b")[0] in {200, 301, 308}  # Caddy answers names only
    if proxy.program != "caddy":
        assert proxy.get_by_address("/ebooks/?a=b") == (301, f"https://{NAME}/ebooks/?a=b")
        assert proxy.get_by_address("/healthz") == (200, None)


def test_proxy_passes_on_one_client_whatever_a_visitor_forges(proxy, proxied_site):
    before = proxied_site.rows("SELECT sum(count) FROM leads_attempt")[0][0] or 0
    for number in range(3):
        forged = {name: value.format(number) for name, value in FORGED.items()}
        status, headers, _ = proxy.request("POST", "/consultation/", REQUEST, FORM | forged)
        assert (status, headers["Location"]) == (303, "/consultation/thanks/")

    keys = proxied_site.rows("SELECT DISTINCT key FROM leads_attempt WHERE kind LIKE '%by client'")
    after = proxied_site.rows("SELECT sum(count) FROM leads_attempt")[0][0]
    assert len(keys) == 1
    assert after > before
    assert "does not tell who the visitor is" not in proxied_site.log()


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1_000_000])
def test_proxy_passes_on_the_page_that_a_form_is_too_long(proxy, size):
    """The test sends 20 forms, because a site that answers too early loses only some answers."""
    body = "note=".ljust(size, "a")

    answers = [proxy.request("POST", "/consultation/", body, FORM) for _ in range(20)]

    assert [status for status, _, _ in answers] == [413] * 20
    assert all(b"That is too long for us to take" in page for _, _, page in answers)


def test_proxy_refuses_a_body_that_no_form_sends(proxy):
    status, headers, _ = proxy.request(
        "POST", "/consultation/", "note=".ljust(4_000_000, "a"), FORM
    )

    assert (status, headers["Location"]) == (413, None)


@pytest.mark.parametrize("megabytes", [10, upload_validators.MAX_MEGABYTES])
def test_proxy_takes_an_ebook_in_the_admin(proxy, proxied_site, megabytes):
    slug = f"{proxy.program}-{megabytes}"

    status, page = Staff(proxy).upload(megabytes * 1_000_000, slug)

    [(name,)] = proxied_site.rows(
        "SELECT file FROM articles_ebookupload JOIN articles_ebook AS ebook ON ebook_id = ebook.id "
        f"WHERE slug = '{slug}' AND file_format = 'pdf'"
    )
    assert status == 302, page
    stored = proxied_site.folder / "uploads" / name
    assert stored.stat().st_size == megabytes * 1_000_000


def test_proxy_passes_on_the_message_that_an_ebook_is_too_big(proxy):
    status, page = Staff(proxy).upload(upload_validators.MAX_MEGABYTES * 2_000_000, "big")

    assert status == 200
    assert b"That file has 40 MB; at most 20 MB can be taken." in page


def connections_to(port: int) -> int:
    """The number of open connections to this port, from Linux's list."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    remote_and_state = [line.split()[2:4] for line in lines]
    return remote_and_state.count([f"0100007F:{port:04X}", "01"])


def test_proxy_keeps_slow_clients_from_the_site(proxy):
    """A slow form that reached the site would block one of its threads until it is complete."""
    head = f"POST /ebooks/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 60000\r\n"
    head += f"Content-Type: {FORM['Content-Type']}\r\n\r\n{'a' * 20_000}"
    slow = [proxy.connect() for _ in range(SLOW_CLIENTS)]
    for client in slow:
        client.sendall(head.encode())
    time.sleep(1)

    answered = [proxy.request("GET", path)[0] for path in ("/healthz", "/", "/readyz", "/ebooks/")]
    held = connections_to(proxy.site_port)

    for client in slow:
        client.close()
    assert answered == [200] * 4
    assert held < SLOW_CLIENTS / 2


def test_proxy_finds_the_site_again_after_a_restart(proxy, proxied_site):
    proxied_site.stop()
    down = {proxy.request("GET", "/")[0] for _ in range(3)}
    proxied_site.start()

    assert down <= {502, 503}
    assert proxy.request("GET", "/")[0] == 200


def test_proxy_answers_many_at_once_over_kept_connections(proxy):
    answers = []

    def ask():
        answers.extend(proxy.request("POST", "/consultation/", REQUEST, FORM) for _ in range(3))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(status, headers["Location"]) for status, headers, _ in answers] == [
        (303, "/consultation/thanks/")
    ] * 12


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("nginx.conf", r"keepalive_timeout (\d+)s"),
        ("Caddyfile", r"^\t+keepalive (\d+)s"),
        ("traefik.yml", r"idleConnTimeout: (\d+)s"),
    ],
)
def test_proxy_closes_idle_connections_before_gunicorn_does(file, pattern):
    """Apache is left out, because it keeps no connection (disablereuse)."""
    [seconds] = re.findall(pattern, read_configuration(file), re.MULTILINE)

    settings = runpy.run_path(str(ROOT / "clinic_site" / "gunicorn.conf.py"))
    assert int(seconds) + 5 <= settings["keepalive"]

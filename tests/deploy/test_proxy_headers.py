"""The site understands the headers that each proxy and CDN of docs/deploy sends.

SENT holds the headers, as manuals and users report them, and the TRUSTED_PROXIES that
docs/deploy/README.md names for that proxy.
"""

import pytest
from django.utils import timezone

from clinic_site.web import visitor
from tests.factories import make_practice

NAME = "www.example.com"
VISITOR, EDGE = "203.0.113.7", "198.51.100.20"
SENT = {
    "nginx": (1, {"X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https"}),
    "nginx, visitor forges": (
        1,
        {"X-Forwarded-For": f"9.9.9.9, {VISITOR}", "X-Forwarded-Proto": "https"},
    ),
    "caddy": (
        1,
        {
            "X-Forwarded-For": VISITOR,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": NAME,
            "Via": "2.0 Caddy",
        },
    ),
    "traefik": (
        1,
        {
            "X-Forwarded-For": VISITOR,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": NAME,
            "X-Forwarded-Port": "443",
            "X-Forwarded-Server": "a1b2c3",
            "X-Real-Ip": VISITOR,
        },
    ),
    "apache": (
        1,
        {
            "X-Forwarded-For": f"9.9.9.9, {VISITOR}",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": f"evil.example, {NAME}",
            "X-Forwarded-Server": "a.example, b.example",
        },
    ),
    "azure application gateway": (
        1,
        {
            "X-Forwarded-For": f"{VISITOR}:50123",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Port": "443",
            "X-Original-Host": NAME,
            "X-Original-Url": "/consultation/",
            "X-AppGW-Trace-Id": "ac882cd65a2712a0fe1289ec2bb6aee7",
        },
    ),
    "azure front door, then application gateway": (
        2,
        {
            "X-Forwarded-For": f"{VISITOR}, {EDGE}:50123",
            "X-Forwarded-Proto": "https, https",
            "X-Azure-ClientIP": VISITOR,
            "X-Azure-SocketIP": VISITOR,
            "X-FD-HealthProbe": "1",
        },
    ),
    "cloudflare, then nginx": (
        2,
        {
            "X-Forwarded-For": f"9.9.9.9,{VISITOR}, {EDGE}",
            "X-Forwarded-Proto": "https",
            "CF-Connecting-IP": VISITOR,
            "CF-Visitor": '{"scheme":"https"}',
            "CF-IPCountry": "US",
            "CDN-Loop": "cloudflare; loops=1",
        },
    ),
}


@pytest.fixture
def behind_proxies(settings, db):
    """The settings that settings.py computes for an https BASE_URL and TRUSTED_PROXIES."""
    make_practice()
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = [NAME], [f"https://{NAME}"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return settings


@pytest.mark.parametrize("sender", SENT)
def test_headers_of_a_proxy_name_the_visitor(behind_proxies, rf, sender):
    behind_proxies.TRUSTED_PROXIES, headers = SENT[sender]
    today = timezone.now().date()

    seen = visitor.visitor_key(rf.get("/", headers=headers, REMOTE_ADDR="10.0.0.4"), today)

    behind_proxies.TRUSTED_PROXIES = 0
    assert seen == visitor.visitor_key(rf.get("/", REMOTE_ADDR=VISITOR), today)


@pytest.mark.parametrize("sender", SENT)
def test_headers_of_a_proxy_let_pages_and_forms_work(behind_proxies, client, sender):
    behind_proxies.TRUSTED_PROXIES, headers = SENT[sender]
    headers = headers | {"Host": NAME, "Origin": f"https://{NAME}"}
    form = {"name": "Ann", "phone": "2485550123", "best_time": "any"}

    page = client.get("/consultation/", headers=headers)
    answer = client.post("/consultation/", form, headers=headers)

    assert "Ask for a free consultation" in page.text
    assert (answer.status_code, answer["Location"]) == (303, "/consultation/thanks/")


@pytest.mark.parametrize("host", ["10.0.0.4", "10.0.0.4:8000", "127.0.0.1", "[fd00::4]:8000"])
def test_probes_are_answered_without_host_name_and_tls(behind_proxies, client, host):
    for path, words in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        response = client.get(path, headers={"Host": host, "User-Agent": "Edge Health Probe"})

        assert (response.status_code, response.text) == (200, words)

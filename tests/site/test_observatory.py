"""The site's score by the rules of the MDN HTTP Observatory, computed from its headers."""

import re

import pytest

from tests.factories import make_practice

# Each rule gives the points that the Observatory adds or takes away. Rules about cookies, scripts
# of other sites and cross-origin reading are reduced to what this site uses: none of them.
RULES = {
    "csp without unsafe, default-src 'none'": lambda h: (
        10
        if "default-src 'none'" in h["Content-Security-Policy"]
        and "unsafe" not in h["Content-Security-Policy"]
        else -25
    ),
    "no cookie, or secure ones": lambda h: 0 if "Set-Cookie" not in h else -20,
    "no cross-origin reading": lambda h: 0 if "Access-Control-Allow-Origin" not in h else -50,
    "referrer policy is private": lambda h: (
        5 if h.get("Referrer-Policy") in {"no-referrer", "same-origin", "strict-origin"} else -5
    ),
    "HSTS of at least 6 months": lambda h: (
        0
        if int(re.search(r"max-age=(\d+)", h.get("Strict-Transport-Security", "max-age=0"))[1])
        >= 15_768_000
        else -20
    ),
    "types are not guessed": lambda h: 0 if h.get("X-Content-Type-Options") == "nosniff" else -5,
    "framing refused by the CSP": lambda h: (
        5 if "frame-ancestors 'none'" in h["Content-Security-Policy"] else -20
    ),
    "resources kept to the same origin": lambda h: (
        10 if h.get("Cross-Origin-Resource-Policy") == "same-origin" else 0
    ),
}


def score(headers) -> int:
    return 100 + sum(rule(headers) for rule in RULES.values())


@pytest.mark.parametrize("path", ["/", "/ebooks/", "/consultation/", "/no-such-page/"])
def test_site_scores_at_least_115(client, db, settings, path):
    make_practice()
    settings.IS_HTTPS, settings.SECURE_HSTS_SECONDS = True, 31_536_000

    assert score(client.get(path).headers) >= 115


def test_score_falls_with_a_weaker_policy(client, db, settings):
    settings.IS_HTTPS, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    headers = dict(client.get("/healthz").headers)

    headers["Content-Security-Policy"] = "default-src 'self' 'unsafe-inline'"

    assert score(headers) < 90

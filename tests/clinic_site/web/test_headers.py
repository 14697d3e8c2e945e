import pytest
from django.test import Client

from tests.factories import make_practice

PUBLIC_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'none'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ebooks/",
        "/no-such-page/",
        "/healthz",
        "/favicon.svg",
        "/favicon.ico",
        "/icon-180.png",
    ],
)
def test_every_answer_carries_the_security_headers(client, db, path):
    make_practice()

    response = client.get(path)
    list(response)  # a file stays open until it is read

    assert response["Content-Security-Policy"] == PUBLIC_POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert "Strict-Transport-Security" not in response


def test_https_sites_ask_for_https_for_a_year(client, db, settings):
    settings.IS_HTTPS, settings.SECURE_HSTS_SECONDS = True, 31_536_000

    assert client.get("/healthz")["Strict-Transport-Security"] == "max-age=31536000"


def test_admin_allows_two_hashes_and_nothing_unsafe(client, db):
    response = client.get("/admin/login/")

    policy = response["Content-Security-Policy"]
    assert policy.count("'sha256-") == 2
    assert "unsafe" not in policy
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")


def test_an_unknown_host_is_refused(client, db):
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "<h1>We could not read that request</h1>" in response.text
    assert "evil.example" not in response.text


def test_static_files_carry_the_security_headers(settings, tmp_path):
    (tmp_path / "site.css").write_text("a {}")
    settings.STATIC_ROOT = tmp_path

    response = Client().get(
        "/static/site.css"
    )  # a new client, because the middleware reads the folder when it starts
    response.close()

    assert response.status_code == 200
    assert response["Content-Security-Policy"] == PUBLIC_POLICY
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/", "/ebooks/", "/consultation/", "/testimonials/", "/robots.txt", "/sitemap.xml"]
)
def test_no_public_page_leads_to_the_admin(client, db, path):
    make_practice()

    response = client.get(path)

    assert response.status_code == 200
    assert "/admin" not in response.text

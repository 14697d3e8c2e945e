import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import make_practice

OURS, OTHER = "http://127.0.0.1:8000", "https://evil.example"
FORM = {"name": "Ann", "phone": "2485550123", "best_time": "any"}


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


def post(client, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/consultation/", FORM, headers=headers).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin", "origin": OURS},
        {"sec_fetch_site": "none"},
        {"origin": OURS},
        {"origin": "http://localhost:8000"},
        {"origin": "http://localhost.:8000"},
        {"referer": f"{OURS}/consultation/"},
    ],
)
def test_public_form_takes_posts_from_our_pages(client, headers):
    assert post(client, **headers) == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "same-origin", "origin": OTHER},
        {"origin": OTHER},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:8001"},
        {"referer": f"{OTHER}/{OURS}/"},
        {"referer": "http://[broken"},
        {"origin": "http://localhost.evil.example:8000"},
        {"origin": "http://localhost..:8000"},
        {"referer": f"{OURS}.evil.example/"},
    ],
)
def test_public_form_refuses_posts_from_elsewhere(client, headers):
    assert post(client, **headers) == 403


def test_public_form_refuses_a_body_over_64_kb(client):
    at_limit = "note=" + "a" * (64 * 1024 - 5)

    def send(body):
        kind = "application/x-www-form-urlencoded"
        return client.post("/consultation/", body, content_type=kind).status_code

    assert send(at_limit) == 422
    assert send(at_limit + "a") == 413


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("text/plain", b"name=Ann"),
        ("application/x-www-form-urlencoded; charset=klingon", b"name=Ann"),
        ("application/x-www-form-urlencoded; charset=latin-1", b"name=Ann"),
        ("application/x-www-form-urlencoded", b"name=%ff%fe"),
        ("application/x-www-form-urlencoded", b"name=\xff"),
        ("multipart/form-data", b"no boundary"),
        ("", b"name=Ann"),
    ],
)
def test_public_form_refuses_what_is_not_a_readable_form(client, kind, body):
    response = client.generic("POST", "/consultation/", body, content_type=kind)

    assert response.status_code == 400


def test_public_form_finds_nothing_in_parts_that_are_broken(client):
    kind = "multipart/form-data; boundary=b"

    response = client.generic("POST", "/consultation/", b"--b\r\nbroken", content_type=kind)

    assert response.status_code == 422


def test_public_form_takes_no_files(client):
    response = client.post("/consultation/", FORM | {"file": SimpleUploadedFile("a.txt", b"a")})

    assert response.status_code == 400


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
@pytest.mark.parametrize("path", ["/consultation/", "/", "/ebooks/", "/healthz", "/robots.txt"])
def test_pages_refuse_other_methods(client, method, path):
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/", "/guides/", "/testimonials/", "/privacy/"])
def test_page_without_a_form_says_what_it_takes(path):
    response = Client(enforce_csrf_checks=True).post(path)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from leads.models import ConsultationRequest
from tests.factories import make_practice

OURS, OTHER = "http://127.0.0.1:8000", "https://evil.example"
FORM = {"name": "Ann", "phone": "2485550123", "best_time": "any"}


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


def post(client, **headers):
    return client.post("/consultation/", FORM, headers=headers).status_code


# Sec-Fetch-Site, Origin and Referer, None where the request has no such header.
TAKEN = [
    (None, None, None),
    ("", "", ""),
    ("same-origin", None, None),
    ("same-origin", OURS, None),
    ("same-origin", OURS, f"{OURS}/consultation/"),
    ("same-origin", "null", None),
    ("same-origin", "null", f"{OURS}/consultation/"),
    ("same-origin", "null", "null"),
    ("same-origin", "", f"{OTHER}/"),
    ("none", None, None),
    ("none", OURS, None),
    ("none", "null", None),
    (None, OURS, None),
    (None, OURS, f"{OTHER}/"),
    (None, "http://LOCALHOST:8000", None),
    (None, "http://localhost:8000", None),
    (None, "http://localhost.:8000", None),
    (None, None, f"{OURS}/consultation/"),
    ("", "", f"{OURS}/consultation/"),
]
REFUSED = [
    ("cross-site", None, None),
    ("cross-site", OURS, f"{OURS}/consultation/"),
    ("cross-site", "null", None),
    ("cross-site", "", ""),
    ("same-site", None, None),
    ("same-site", "null", None),
    ("same-site", OURS, None),
    ("same-origin", OTHER, None),
    ("same-origin", f"null,{OTHER}", None),
    ("none", OTHER, None),
    ("null", None, None),
    ("same-origin,cross-site", None, None),
    ("cross-site,same-origin", OURS, None),
    ("Cross-Site", OURS, None),
    ("anything", OURS, None),
    (None, OTHER, None),
    (None, OTHER, f"{OURS}/consultation/"),
    (None, "null", None),
    (None, "null", f"{OURS}/consultation/"),
    ("", "null", None),
    (None, f"{OURS},{OTHER}", None),
    (None, f"{OTHER},{OURS}", None),
    (None, "https://127.0.0.1:8000", None),
    (None, "http://127.0.0.1:8001", None),
    (None, "http://localhost.evil.example:8000", None),
    (None, "http://localhost..:8000", None),
    (None, None, f"{OTHER}/{OURS}/"),
    (None, None, "http://[broken"),
    (None, None, f"{OURS}.evil.example/"),
    (None, None, "null"),
    (None, None, "about:blank"),
    (None, "", f"{OTHER}/"),
]


def named(site, origin, referer):
    given = {"Sec-Fetch-Site": site, "Origin": origin, "Referer": referer}
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize(("site", "origin", "referer"), TAKEN)
def test_public_form_takes_posts_from_our_pages(client, site, origin, referer):
    assert post(client, **named(site, origin, referer)) == 303


@pytest.mark.parametrize(("site", "origin", "referer"), REFUSED)
def test_public_form_refuses_posts_from_elsewhere(client, site, origin, referer):
    assert post(client, **named(site, origin, referer)) == 403


def test_public_form_refuses_a_body_over_64_kb(client):
    at_limit = "note=" + "a" * (64 * 1024 - 5)

    def send(body):
        kind = "application/x-www-form-urlencoded"
        return client.post("/consultation/", body, content_type=kind).status_code

    assert send(at_limit) == 422
    assert send(at_limit + "a") == 413


def announce(client, path, length):
    kind = "application/x-www-form-urlencoded"
    return client.generic("POST", path, b"name=Ann", kind, CONTENT_LENGTH=length).status_code


@pytest.mark.parametrize(
    ("length", "status"), [("8", 422), (" 8 ", 422), ("0", 422), ("", 422), ("65537", 413)]
)
def test_public_form_goes_by_the_announced_length(client, length, status):
    assert announce(client, "/consultation/", length) == status


@pytest.mark.parametrize(
    "length", ["much", "1e3", "-5", "+5", "1_000", "0x8", "8,8", "8.0", "²", "٨", "9" * 5000]
)
@pytest.mark.parametrize("path", ["/consultation/", "/ebooks/link/", "/admin/login/", "/healthz"])
def test_pages_refuse_a_length_that_is_no_number(client, path, length):
    assert announce(client, path, length) == 400


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
    assert "<h1>We could not read that request</h1>" in response.text
    assert not ConsultationRequest.objects.exists()


def test_public_form_finds_nothing_in_parts_that_are_broken(client):
    kind = "multipart/form-data; boundary=b"

    response = client.generic("POST", "/consultation/", b"--b\r\nbroken", content_type=kind)

    assert response.status_code == 422
    assert "There is a problem" in response.text
    assert not ConsultationRequest.objects.exists()


def test_public_form_takes_no_files(client):
    response = client.post("/consultation/", FORM | {"file": SimpleUploadedFile("a.txt", b"a")})

    assert response.status_code == 400
    assert not ConsultationRequest.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
@pytest.mark.parametrize("path", ["/consultation/", "/", "/ebooks/", "/healthz", "/robots.txt"])
def test_pages_refuse_other_methods(client, method, path):
    response = getattr(client, method)(path)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["/", "/guides/", "/testimonials/", "/privacy/"])
def test_page_without_a_form_says_what_it_takes(path):
    response = Client(enforce_csrf_checks=True).post(path)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")

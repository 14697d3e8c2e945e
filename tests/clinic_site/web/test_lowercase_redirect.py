import pytest
from django.test import Client

from leads import links
from leads.models import EbookSignup
from tests.factories import make_article, make_practice, make_signup


@pytest.fixture(autouse=True)
def _pages(db):
    make_practice()
    make_article()


def asked(path, method="get", **headers):
    # For "//host/", Django's test client would remove the host.
    own = {"PATH_INFO": path} if path.startswith("//") else {}
    response = getattr(Client(), method)(path, headers=headers, **own)
    return response.status_code, response.get("Location")


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/Ebooks/", "/ebooks/"),
        ("/EBOOKS/", "/ebooks/"),
        ("/Ebooks", "/ebooks/"),
        ("/eBooks/Link/", "/ebooks/link/"),
        ("/GUIDES/Neck-Pain", "/guides/neck-pain/"),
        ("/guides/Neck-Pain", "/guides/neck-pain/"),
        ("/guides/NECK-PAIN/", "/guides/neck-pain/"),
        ("/Guides/Feed", "/guides/feed/"),
        ("/Consultation/Thanks/", "/consultation/thanks/"),
        ("/Robots.TXT", "/robots.txt"),
        ("/.Well-Known/security.txt", "/.well-known/security.txt"),
        ("/%45books/", "/ebooks/"),
        ("/Admin/", "/admin/"),
        ("/Ebooks/?utm_source=Flyer&A=%C3%A9%0a", "/ebooks/?utm_source=Flyer&A=%C3%A9%0a"),
        ("/GUIDES/Neck-Pain?Ref=A", "/guides/neck-pain/?Ref=A"),
    ],
)
@pytest.mark.parametrize("method", ["get", "head"])
def test_capitals_lead_to_the_lowercase_path(path, leads_to, method):
    assert asked(path, method) == (301, leads_to)


@pytest.mark.parametrize(
    "path",
    [
        "/Nowhere/",
        "/Guides/Nowhere/",
        "/Treatments/Neck-Pain/",
        "//Evil.com/",
        "//Evil.com/..",
        "//Evil.com/Ebooks/",
        "/\\Evil.com/",
        "//Ebooks/",
        "/Ebooks//",
        "/Ebooks/%0aX/",
        "/GU\u0130DES/",  # lower() turns the letter into two characters
        "/ebooKs/".replace("K", "\u212a"),  # lower() turns the Kelvin sign into k
        "/Mail-Events/",
        "/Static/css/site.css",
    ],
)
def test_capitals_lead_nowhere_else(path):
    assert asked(path) == (404, None)


def test_capitals_of_a_token_are_never_lowered():
    token = links.library_path(make_signup()).split("/")[3]

    assert token != token.lower()
    for path in (f"/Ebooks/Library/{token}/", f"/My-Data/{token}/", f"/Preview/{token}/"):
        assert asked(path) == (404, None)
    assert asked(f"/ebooks/library/{token.swapcase()}/") == (404, None)
    assert asked(f"/ebooks/library/{token}/First-Days/") == (404, None)
    assert asked(f"/ebooks/library/{token}/") == (200, None)


@pytest.mark.parametrize(
    ("path", "status"), [("/Ebooks/", 404), ("/EBOOKS", 404), ("/guides/Neck-Pain/", 405)]
)
def test_capitals_redirect_no_form(path, status):
    response = Client().post(path, {"first_name": "Ann", "email": "ann@example.com"})

    assert (response.status_code, response.get("Location")) == (status, None)
    assert not EbookSignup.objects.exists()


def test_capitals_of_a_page_of_its_own_are_kept():
    make_article(slug="Sore-Neck", title="Sore neck")

    assert asked("/guides/Sore-Neck/") == (200, None)


def test_capitals_are_no_way_round_the_name_of_the_site():
    assert asked("/Ebooks/", host="evil.example")[0] == 400


def test_capitals_lead_to_no_page_before_its_time():
    make_article(slug="draft", published_at=None)

    assert asked("/Guides/Draft/") == (404, None)

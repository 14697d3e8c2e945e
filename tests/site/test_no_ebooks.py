"""When no ebook is published, no page offers one."""

import pytest

from leads import links
from leads.models import EbookSignup, OutgoingMail
from tests.admin_pages import page_text
from tests.factories import (
    make_article,
    make_ebook,
    make_practice,
    make_section,
    make_signup,
)

NONE = "We have no ebooks to offer at the moment."
GOOD = {"first_name": "Ann", "email": "ann@example.com", "website": "", "page": "/ebooks/"}


@pytest.fixture(autouse=True)
def guide(db):
    make_practice()
    guide = make_article()
    make_section(guide)
    make_article(kind="page", slug="ebooks", title="Ebooks", lede="Instant access to every ebook.")
    return guide


@pytest.fixture
def withdrawn(guide):
    return make_ebook(guide.sections.get(), is_published=False)


def test_ebooks_page_says_that_there_are_none_and_has_no_form(client, withdrawn):
    page = client.get("/ebooks/")

    assert NONE in page_text(page)
    assert "<form" not in page.text
    assert "Instant access" not in page.text
    assert 'href="/guides/neck-pain/"' in page.text


@pytest.mark.parametrize("path", ["/", "/guides/", "/guides/neck-pain/"])
def test_other_pages_offer_no_ebook_when_there_is_none(client, withdrawn, path):
    words = page_text(client.get(path))

    assert "0 ebook" not in words
    assert "Get the" not in words
    assert "back care" not in words


def test_pages_offer_the_ebook_when_there_is_one(client, guide):
    make_ebook(guide.sections.get())

    assert "Get 1 ebook on back care" in page_text(client.get("/guides/neck-pain/"))
    assert "Get the ebook Your ebook opens right away." in page_text(client.get("/ebooks/"))


def test_form_from_an_old_page_is_stored_and_says_that_there_is_no_ebook(client, withdrawn):
    response = client.post("/ebooks/", GOOD)
    library = client.get(response["Location"])

    mail = OutgoingMail.objects.get()
    assert response.status_code == 303
    assert EbookSignup.objects.get().email == "ann@example.com"
    assert "No ebooks at the moment" in page_text(library)
    assert "We have no ebooks to give you at the moment." in mail.text
    assert "We have no ebooks to give you at the moment." in mail.html
    assert "ready" not in mail.text + mail.html


def test_form_with_errors_from_an_old_page_keeps_what_was_typed(client, withdrawn):
    response = client.post("/ebooks/", GOOD | {"email": "ann@"})

    assert response.status_code == 422
    assert 'value="ann@"' in response.text
    assert "0 ebook" not in page_text(response)


def test_withdrawn_page_offers_the_guide_when_no_ebook_is_left(client, withdrawn):
    library = links.library_path(make_signup())

    page = client.get(f"{library}{withdrawn.slug}/")

    assert page.status_code == 410
    assert "Your ebooks" not in page_text(page)
    assert 'href="/guides/neck-pain/"' in page.text


@pytest.mark.parametrize("path", ["/ebooks/link/", "/ebooks/link/sent/", "/ebooks/library/x/"])
def test_pages_about_links_offer_no_sign_up(client, withdrawn, path):
    words = page_text(client.get(path))

    assert "Sign up for the ebooks" not in words
    assert "sign up again" not in words

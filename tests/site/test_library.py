from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.ebooks import build
from articles.ebooks.build import BuildError
from leads import capture, links, mail
from leads.models import EbookSignup, OutgoingMail
from tests.factories import make_article, make_ebook, make_practice, make_section, make_signup


@pytest.fixture
def library_path(db):
    make_practice()
    return links.library_path(make_signup())


def assert_link_is_unknown(response):
    assert response.status_code == 404
    assert "This link no longer opens your ebooks" in response.text
    assert 'action="/ebooks/link/"' in response.text


def test_library_lists_the_published_ebooks(client, library_path):
    make_ebook(make_section(make_article()), title="First days")
    make_ebook(title="Withdrawn", slug="withdrawn", is_published=False)

    response = client.get(library_path)

    assert "First days" in response.text
    assert "Withdrawn" not in response.text


def test_library_is_private_and_shows_no_name(client, library_path):
    response = client.get(library_path)

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Ann" not in response.text
    assert "ann@example.com" not in response.text
    assert response.cookies == {}


def test_library_link_carries_nothing_personal(library_path):
    assert "ann" not in library_path.lower()
    assert len(EbookSignup.objects.get().public_id) >= 22


def test_library_opens_for_30_days(client, library_path, time_machine):
    issued_at = timezone.now()
    time_machine.move_to(issued_at + timedelta(days=30, minutes=-1))
    assert client.get(library_path).status_code == 200

    time_machine.move_to(issued_at + timedelta(days=30, minutes=1))
    response = client.get(library_path)
    assert response.status_code == 410
    assert "Links work for 30 days." in response.text
    assert 'action="/ebooks/link/"' in response.text


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "..%5c..", "é"])
def test_library_with_a_forged_link_offers_a_new_link(client, db, token):
    response = client.get(f"/ebooks/library/{token}/")

    assert_link_is_unknown(response)


@pytest.mark.parametrize("end", ["", "first-days/", "first-days.pdf"])
def test_library_takes_no_post(client, library_path, end):
    make_ebook(make_section(make_article()))

    response = client.post(library_path + end)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_library_link_of_an_erased_person_is_unknown(client, library_path):
    EbookSignup.objects.all().delete()

    assert_link_is_unknown(client.get(library_path))


def test_library_with_a_token_of_another_purpose_offers_a_new_link(client, library_path):
    signup = EbookSignup.objects.get()
    token = signing.TimestampSigner(salt="another").sign(signup.public_id)

    assert_link_is_unknown(client.get(f"/ebooks/library/{token}/"))


def test_ebook_reads_online_from_the_guides_own_sections(client, library_path):
    section = make_section(make_article(), body="<p>Lie down.</p>")
    make_ebook(section)

    response = client.get(f"{library_path}first-days/")

    assert response.status_code == 200
    assert "Lie down." in response.text
    assert client.get(f"{library_path}no-such-book/").status_code == 404


def test_new_link_is_mailed_to_someone_who_signed_up(client, library_path):
    response = client.post("/ebooks/link/", {"email": "ANN@example.com"})

    assert (response.status_code, response["Location"]) == (303, "/ebooks/link/sent/")
    assert OutgoingMail.objects.get().to == "ann@example.com"


def test_new_link_is_not_mailed_to_a_person_who_is_held_back(client, db):
    make_practice()
    make_signup(suspicion="the hidden field was filled in")

    response = client.post("/ebooks/link/", {"email": "ann@example.com"})

    assert (response.status_code, OutgoingMail.objects.count()) == (303, 0)


def test_new_link_gives_known_and_unknown_addresses_the_same_answer(client, library_path):
    known = client.post("/ebooks/link/", {"email": "ann@example.com"})
    unknown = client.post("/ebooks/link/", {"email": "bob@example.com"})

    assert (known.status_code, known.content, dict(known.headers)) == (
        unknown.status_code,
        unknown.content,
        dict(unknown.headers),
    )
    assert OutgoingMail.objects.count() == 1


def test_new_link_page_says_when_no_mail_is_sent(client, library_path):
    for email in ("ann@example.com", "ann@example.com", "bob@example.com"):
        client.post("/ebooks/link/", {"email": email})

    page = " ".join(client.get("/ebooks/link/sent/").text.split())
    assert OutgoingMail.objects.count() == 1
    assert "on its way to it, unless we sent one in the last 10 minutes: then use that" in page
    assert "We send at most 3 emails a day to one address." in page


def test_new_link_says_what_to_type(client, db):
    make_practice()

    response = client.post("/ebooks/link/", {"email": "ann"})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "email": ["Enter an email address like name@example.com"]
    }


@pytest.mark.parametrize("address", ["", "first-days/", "first-days.epub", "first-days.pdf"])
def test_library_files_are_private(client, library_path, address):
    make_ebook(make_section(make_article()))

    response = client.get(library_path + address)
    response.close()

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("address", ["withdrawn/", "withdrawn.epub", "withdrawn.pdf"])
def test_withdrawn_ebook_says_so_and_offers_the_others(client, library_path, address):
    make_ebook(make_section(make_article()), title="First days")
    make_ebook(title="Old one", slug="withdrawn", is_published=False)

    response = client.get(library_path + address)

    assert response.status_code == 410
    assert "This ebook is no longer available" in response.text
    assert "First days" in response.text
    assert response["Cache-Control"] == "private, no-store"


def test_ebook_that_cannot_be_built_says_try_again(client, library_path, monkeypatch):
    def broken(ebook):
        raise BuildError("no room")

    monkeypatch.setattr(build, "build", broken)
    make_ebook(make_section(make_article()))

    response = client.get(f"{library_path}first-days.pdf")

    assert (response.status_code, response["Retry-After"]) == (503, "30")


@pytest.mark.parametrize("end", ["/", ".epub", ".pdf"])
def test_ebook_keeps_its_old_addresses(client, library_path, end):
    ebook = make_ebook(make_section(make_article()))
    ebook.slug = "first-week"
    ebook.save()

    response = client.get(f"{library_path}first-days{end}")

    assert (response.status_code, response["Location"]) == (301, f"{library_path}first-week{end}")


def statements_of_a_new_link(email):
    """The kinds of SQL statements that one request for a new link runs."""
    with CaptureQueriesContext(connection) as asked:
        capture.renew_link(EbookSignup(email=email, email_key=email))
    kinds = [query["sql"].split()[0] for query in asked]
    return [kind for kind in kinds if kind not in {"SAVEPOINT", "RELEASE", "ROLLBACK"}]


def test_new_link_does_the_same_work_for_an_unknown_address(library_path, monkeypatch):
    rendered = []
    monkeypatch.setattr(
        mail, "render_to_string", lambda name, context: rendered.append(name) or "text"
    )

    # A known address, the same again (which gets no second mail), and an unknown one.
    work = [(statements_of_a_new_link(email), len(rendered)) for email in ("ann@example.com",) * 2]
    work.append((statements_of_a_new_link("bob@example.com"), len(rendered)))

    assert [sql for sql, _ in work] == [work[0][0]] * 3
    assert [count for _, count in work] == [2, 4, 6]
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("end", ["nope/", "nope.pdf"])
def test_library_page_of_an_unknown_ebook_is_private_too(client, library_path, end):
    response = client.get(library_path + end)

    assert (response.status_code, response["X-Robots-Tag"]) == (404, "noindex")
    assert (response["Referrer-Policy"], response["Cache-Control"]) == (
        "no-referrer", "private, no-store",
    )  # fmt: skip


def test_new_link_is_sent_although_a_password_manager_filled_in_the_hidden_field(
    client, library_path
):
    client.post("/ebooks/link/", {"email": "ann@example.com", "website": "https://acme.example"})

    assert OutgoingMail.objects.filter(kind="library_link").count() == 1

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from leads import links
from leads.models import ConsultationRequest, EbookSignup, OutgoingMail
from tests.database import whole_database
from tests.factories import make_bounce, make_mail, make_practice, make_request, make_signup
from tests.leads.news_factories import ADDRESS, make_reader

ERASE = {"action": "erase", "sure": "on"}


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.", **ADDRESS)


@pytest.fixture
def path():
    return links.my_data_path(make_signup())


def test_my_data_shows_what_we_hold(client, path):
    make_request(note="Since Monday.", phone="+17345550187")
    make_mail(subject="Your ebooks")

    page = client.get(path).text

    for words in ("Ann", "ann@example.com", "Ann Lee", "(734) 555-0187", "Since Monday."):
        assert words in page
    assert "Your ebooks" in page
    assert "Download my data" in page
    assert "Erase my data" in page


def test_my_data_says_that_our_mail_came_back(client, path):
    make_mail()
    make_bounce()

    assert "Mail came back" in client.get(path).text


def test_my_data_is_private(client, path):
    response = client.get(path)

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"  # its forms need their Origin
    assert response.cookies == {}


def test_my_data_link_carries_nothing_personal(path):
    assert "ann" not in path.removeprefix("/my-data/").lower().split(":")[0]


@pytest.mark.parametrize("method", ["get", "head"])
def test_my_data_page_changes_nothing(client, path, method):
    before = whole_database()

    assert getattr(client, method)(path).status_code == 200

    assert whole_database() == before


def test_my_data_shows_hostile_text_as_text(client):
    request = make_request(name="<script>x</script>", note="<b>x</b>")

    page = client.get(links.my_data_path(request)).text

    assert "<script>x" not in page
    assert "<b>x" not in page


def test_my_data_shows_nothing_of_someone_with_the_same_phone(client):
    make_request(digest="victim", email="", name="Victim")
    mine = make_request(digest="mine", email="me@example.com")
    path = links.my_data_path(mine)

    assert "Victim" not in client.get(path).text
    assert "Victim" not in client.post(path, {"action": "download"}).text
    client.post(path, ERASE)

    assert ConsultationRequest.objects.get().name == "Victim"


def test_my_data_downloads_as_a_json_file(client, path):
    response = client.post(path, {"action": "download"})

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert response["Cache-Control"] == "private, no-store"
    assert response.json()["signups"][0]["first_name"] == "Ann"


def test_my_data_download_changes_nothing(client, path):
    before = whole_database()

    client.post(path, {"action": "download"})

    assert whole_database() == before


def test_my_data_erases_and_tells_staff_without_saying_who(client, path):
    request = make_request()

    response = client.post(path, ERASE)

    assert (response.status_code, response["Location"]) == (303, "/my-data/erased/")
    assert "Your data is erased" in client.get("/my-data/erased/").text
    assert EbookSignup.objects.count() == ConsultationRequest.objects.count() == 0
    notice = OutgoingMail.objects.get()
    assert (notice.kind, notice.to) == ("erasure_notice", "desk@example.com")
    everything = notice.subject + notice.text + notice.html
    assert f"#{request.pk}" in everything
    assert "They had signed up for the ebooks." in notice.text
    assert [word for word in ("Ann", "ann@", "555-0123") if word in everything.split("--")[0]] == []


def test_my_data_erased_twice_answers_the_same_and_tells_staff_once(client, path):
    first = client.post(path, ERASE)
    second = client.post(path, ERASE)

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert OutgoingMail.objects.count() == 1
    assert client.get(path).status_code == 410
    assert client.post(path, {"action": "download"}).json() == {}


def test_my_data_link_of_a_person_with_only_a_request_works(client):
    path = links.my_data_path(make_request())

    client.post(path, ERASE)

    assert ConsultationRequest.objects.count() == 0


def test_my_data_link_works_for_7_days(client, path, time_machine):
    issued_at = timezone.now()
    time_machine.move_to(issued_at + timedelta(days=7, minutes=-1))
    assert client.get(path).status_code == 200

    time_machine.move_to(issued_at + timedelta(days=7, minutes=1))
    assert client.get(path).status_code == 410
    assert client.post(path, ERASE).status_code == 410
    assert EbookSignup.objects.count() == 1
    page = client.get(path).text
    assert "It is older than 7 days," in page
    assert 'action="/ebooks/link/"' in page


@pytest.mark.parametrize("token", ["x", "a:b", "a:b:c", "%00", "é"])
def test_my_data_with_a_forged_link_is_unknown(client, path, token):
    assert client.get(f"/my-data/{token}/").status_code == 404
    assert client.post(f"/my-data/{token}/", ERASE).status_code == 404
    assert EbookSignup.objects.count() == 1


def test_my_data_does_not_open_by_a_link_for_another_page(client):
    signup = make_signup()

    for other in (
        links.library_path(signup),
        links.news_confirm_path(signup),
        links.news_unsubscribe_path(signup.public_id),
    ):
        token = other.split("/")[-2]
        page = client.get(f"/my-data/{token}/")
        assert page.status_code == 404
        assert "This link no longer works" in page.text
        assert "Ann" not in page.text


@pytest.mark.parametrize("form", [{}, {"action": ""}, {"action": "sell"}])
def test_my_data_refuses_an_unknown_action(client, path, form):
    assert client.post(path, form).status_code == 422
    assert EbookSignup.objects.count() == 1


@pytest.mark.parametrize("tick", [{}, {"sure": ""}, {"sure": "False"}])
def test_my_data_is_not_erased_without_the_tick(client, path, tick):
    response = client.post(path, {"action": "erase"} | tick)

    assert response.status_code == 422
    assert response.context["form"].errors == {"sure": ["Tick the box to have your data erased"]}
    assert '<a href="#id_sure">Tick the box to have your data erased</a>' in response.text
    assert response["Cache-Control"] == "private, no-store"
    assert EbookSignup.objects.count() == 1


def test_my_data_box_is_not_ticked_on_any_page(client, path):
    for response in (client.get(path), client.post(path, {"action": "erase"})):
        (box,) = re.findall('<input type="checkbox"[^>]*>', response.text)
        assert 'name="sure"' in box
        assert "checked" not in box


def test_my_data_is_downloaded_without_a_tick(client, path):
    assert client.post(path, {"action": "download"}).json()["email"] == "ann@example.com"


def test_my_data_buttons_have_different_labels_and_styles(client, path):
    page = client.get(path).text

    assert '<button class="button button--quiet" type="submit">Download my data</button>' in page
    assert '<button class="button button--erase" type="submit">Erase my data</button>' in page


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_my_data_is_not_erased_from_another_site(client, path, headers):
    assert client.post(path, ERASE, headers=headers).status_code == 403
    assert EbookSignup.objects.count() == 1


@pytest.mark.parametrize("kind", ["library_link", "news_confirm", "request_receipt"])
def test_every_mail_to_a_person_has_the_link_to_their_data(client, kind):
    form = {"first_name": "Ann", "email": "ann@example.com", "wants_news": "on"}
    client.post("/ebooks/", form)
    client.post("/consultation/", {"name": "Ann", "email": "ann@example.com", "best_time": "any"})

    mail = OutgoingMail.objects.get(kind=kind)

    for part in (mail.text, mail.html):
        assert "http://127.0.0.1:8000/my-data/" in part


def test_mail_to_staff_has_no_link_to_personal_data(client):
    client.post("/consultation/", {"name": "Ann", "email": "ann@example.com", "best_time": "any"})
    client.post(links.my_data_path(ConsultationRequest.objects.get()), ERASE)

    to_staff = OutgoingMail.objects.filter(to="desk@example.com")
    assert sorted(to_staff.values_list("kind", flat=True)) == ["erasure_notice", "request_alert"]
    assert [mail.kind for mail in to_staff if "/my-data/" in mail.text + mail.html] == []


def queue_every_kind_of_mail(client):
    from leads import digest, mail  # noqa: PLC0415 used here only
    from leads.news import mailing  # noqa: PLC0415 used here only
    from tests.leads.news_factories import make_message  # noqa: PLC0415

    form = {"first_name": "Ann", "email": "ann@example.com", "wants_news": "on"}
    client.post("/ebooks/", form)
    client.post("/consultation/", {"name": "Ann", "email": "ann@example.com", "best_time": "any"})
    make_reader()
    message = make_message()
    mailing.start(message)
    mailing.continue_sending(message)
    mail.queue_erasure_notice(numbers=[1], signups=1)
    assert digest.queue()


@pytest.mark.parametrize("method", ["get", "head"])
def test_following_any_link_of_any_mail_changes_nothing(client, method):
    queue_every_kind_of_mail(client)
    mails = list(OutgoingMail.objects.all())
    assert len({mail.kind for mail in mails}) == 7
    before = whole_database()

    followed = {
        link: getattr(client, method)(link).status_code for m in mails for link in links_in(m)
    }

    assert whole_database() == before
    kinds = {link.split("/")[1] for link in followed}
    assert kinds >= {"ebooks", "news", "my-data", "admin"}
    assert {link: status for link, status in followed.items() if status not in {200, 302}} == {}


def links_in(mail):
    """Every link in the text and HTML of a mail, without scheme and host."""
    found = re.findall(r'http://127\.0\.0\.1:8000(/[^\s"<>]*)', mail.text + mail.html)
    return sorted({link.rstrip(".,)") for link in found})

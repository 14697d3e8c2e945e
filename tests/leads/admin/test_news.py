import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission, User

from leads.admin import news as news_admin
from leads.models import NewsMessage, OutgoingMail
from leads.news import mailing
from tests.admin_pages import form_fields, is_refused, page_text
from tests.factories import make_practice
from tests.leads.news_factories import ADDRESS, make_message, make_reader

LIST = "/admin/leads/newsmessage/"


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(**ADDRESS)


@pytest.fixture
def as_staff(client):
    """Logs in a member of staff with these rights on news messages."""

    def log_in(*actions):
        user = User.objects.create_user("ed", email="ed@example.com", is_staff=True)
        names = [f"{action}_newsmessage" for action in actions]
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
        client.force_login(user)
        return client

    return log_in


def send_page(message):
    return f"{LIST}{message.pk}/send/"


def send(client, message):
    """Presses “Send”, and then the button of the question that follows."""
    question = client.post(send_page(message), {"ask": "yes"})
    seen = re.search(r'name="seen" value="(\w+)"', question.text)[1]
    return client.post(send_page(message), {"send": "yes", "seen": seen}, follow=True)


def test_news_is_written_by_staff_and_shown_before_it_is_sent(as_staff):
    client = as_staff("add", "change", "view")

    response = client.post(
        f"{LIST}add/", {"subject": "Sleep", "body": "<p>Well.</p>", "_save": "1"}
    )

    message = NewsMessage.objects.get()
    assert (message.subject, message.state, message.created_by.username) == ("Sleep", "draft", "ed")
    assert (response.status_code, response["Location"]) == (302, send_page(message))


def test_news_that_was_edited_is_shown_before_it_is_sent(as_staff):
    client = as_staff("change", "view")
    message = make_message()
    page = client.get(f"{LIST}{message.pk}/change/")

    response = client.post(
        f"{LIST}{message.pk}/change/", form_fields(page) | {"subject": "Rest well"}
    )

    message.refresh_from_db()
    assert message.subject == "Rest well"
    assert (response.status_code, response["Location"]) == (302, send_page(message))


def test_news_subject_is_one_line(as_staff):
    client = as_staff("add", "view")

    response = client.post(f"{LIST}add/", {"subject": "A\r\nBcc: x", "body": "<p>Well.</p>"})

    assert response.context["adminform"].form.errors == {"subject": ["Use one line."]}


def test_news_list_leads_to_the_preview(admin_client):
    message = make_message()

    assert send_page(message) in admin_client.get(LIST).text
    assert send_page(message) in admin_client.get(f"{LIST}{message.pk}/change/").text


def test_news_preview_shows_both_parts_and_how_many_read_it(admin_client):
    make_reader()
    body = "<p>See <a href='/guides/'>ours</a>.</p><script>x()</script>"

    page = admin_client.get(send_page(make_message(body=body))).text

    assert '<a href="http://127.0.0.1:8000/guides/">ours</a>' in page
    assert "See ours (http://127.0.0.1:8000/guides/)." in page
    assert "x()" not in page
    assert 'value="Send to 1 confirmed reader"' in page


def test_news_preview_changes_nothing(admin_client):
    make_reader()
    message = make_message()

    admin_client.get(send_page(message), {"send": "yes", "test": "yes"})

    message.refresh_from_db()
    assert (message.state, OutgoingMail.objects.count()) == ("draft", 0)


def test_news_is_sent_by_the_button_and_shows_its_progress(as_staff):
    client = as_staff("view", "send")
    make_reader()
    message = make_message()

    response = send(client, message)

    message.refresh_from_db()
    assert (message.state, message.mails.get().to) == ("sent", "reader1@example.com")
    assert "All mails are in the outbox." in response.text
    assert "0 sent, 1 waiting in the outbox, 0 failed for good" in response.text
    assert 'max="1" value="0"' in response.text
    assert "About 1 minute to go." in response.text


@pytest.mark.parametrize("data", [{"ask": "yes"}, {"send": "yes"}, {}])
def test_news_asks_before_it_goes_out(as_staff, data):
    client = as_staff("view", "send")
    make_reader(1), make_reader(2)
    message = make_message()

    response = client.post(send_page(message), data)

    message.refresh_from_db()
    assert (message.state, OutgoingMail.objects.count()) == ("draft", 0)
    assert "Send it to 2 people now?" in page_text(response)
    assert "A mail that is sent cannot be called back." in page_text(response)


@pytest.mark.parametrize("field", ["subject", "body"])
def test_news_that_changed_meanwhile_is_not_sent(as_staff, field):
    client = as_staff("view", "send")
    make_reader()
    message = make_message()
    question = client.post(send_page(message), {"ask": "yes"})
    seen = re.search(r'name="seen" value="(\w+)"', question.text)[1]
    NewsMessage.objects.update(**{field: "Other words"})

    response = client.post(send_page(message), {"send": "yes", "seen": seen})

    assert OutgoingMail.objects.count() == 0
    assert "Nothing was sent, because the message changed." in page_text(response)
    assert "Other words" in page_text(response)


def test_news_preview_is_the_whole_mail(admin_client):
    """It has every line of the mail except for the links that differ for each reader."""
    reader = make_reader()
    message = make_message(body="<p>Rest &amp; <strong>walk</strong>.</p>")
    page = admin_client.get(send_page(message))

    send(admin_client, message)

    mail = message.mails.get()
    plain = unescape(re.search(r'(?s)<pre class="mail-body">(.*?)</pre>', page.text)[1])
    own = re.compile(r"/(my-data|news/unsubscribe)/\S+")
    assert own.sub("", plain).strip() == own.sub("", mail.text).strip()
    shown = re.search(r'(?s)<div class="mail-page">(.*?)</div>', page.text)[1]
    body = mail.html[mail.html.index("<body") :]
    assert words(shown) == words(body)
    assert "1 Main St, Troy, MI 48083" in words(shown)
    assert "Stop the news" in words(shown)
    assert 'style="' not in shown
    assert reader.public_id not in page.text


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_news_test_mail_goes_to_the_user_who_asked_for_it(as_staff):
    client = as_staff("view", "send")
    make_reader()

    client.post(send_page(make_message()), {"test": "yes"})

    assert [mail.to for mail in OutgoingMail.objects.all()] == ["ed@example.com"]


def test_news_test_mail_needs_an_address(as_staff):
    client = as_staff("view", "send")
    User.objects.update(email="")

    response = client.post(send_page(make_message()), {"test": "yes"}, follow=True)

    assert "Your account has no email address" in response.text


def test_news_says_why_it_cannot_be_sent(as_staff):
    client = as_staff("view", "send")
    make_practice(street="")
    make_reader()
    message = make_message()

    assert "must carry the postal address" in client.get(send_page(message)).text
    response = client.post(send_page(message), {"send": "yes"}, follow=True)

    assert "must carry the postal address" in response.text
    assert OutgoingMail.objects.count() == 0


def test_news_continues_by_the_button(admin_client, monkeypatch):
    monkeypatch.setattr(news_admin, "QUEUE_WITHIN", mailing.timedelta(0))
    make_reader()
    message = make_message()

    broken_off = send(admin_client, message)
    assert "press “Go on sending”" in broken_off.text
    assert 'value="Go on sending"' in broken_off.text
    admin_client.post(send_page(message), {"send": "yes"})

    message.refresh_from_db()
    assert (message.state, message.mails.count()) == ("sent", 1)


def test_news_that_was_sent_is_neither_changed_nor_deleted(admin_client):
    message = make_message(state="sent")

    changed = admin_client.post(f"{LIST}{message.pk}/change/", {"subject": "X", "body": "<p>Y</p>"})
    deleted = admin_client.post(f"{LIST}{message.pk}/delete/", {"post": "yes"})

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert NewsMessage.objects.get().subject == "Sleep well"


def test_news_is_not_sent_without_the_right_to_send(as_staff):
    client = as_staff("add", "change", "view")
    make_reader()
    message = make_message()

    assert "confirmed reader" not in client.get(send_page(message)).text
    assert client.post(send_page(message), {"send": "yes"}).status_code == 403
    assert OutgoingMail.objects.count() == 0


def test_news_is_refused_without_the_right_to_view(as_staff):
    client = as_staff()

    pages = [client.get(send_page(make_message())), client.get(LIST)]

    assert [is_refused(page) for page in pages] == [True, True]
    assert all("Sleep well" not in page.text for page in pages)


def test_news_sending_is_behind_the_login(client):
    message = make_message()

    assert client.post(send_page(message), {"send": "yes"}).status_code == 302
    message.refresh_from_db()
    assert message.state == "draft"

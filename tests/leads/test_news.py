from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from leads import links
from leads.models import Consent, EbookSignup, OutgoingMail, Suppression
from leads.news import consent, mailing
from tests.factories import make_mail, make_practice, make_request, make_signup
from tests.leads.news_factories import (
    ADDRESS,
    WORDING,
    ledger,
    make_asked,
    make_message,
    make_reader,
    withdraw,
)

SIGNUP = {"first_name": "Ann", "email": "ann@example.com", "wants_news": "on", "page": "/ebooks/"}


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text=WORDING, **ADDRESS)


def kinds():
    return sorted(OutgoingMail.objects.values_list("kind", flat=True))


def confirm_path():
    return links.news_confirm_path(EbookSignup.objects.get())


# Asking


def test_news_box_queues_one_mail_with_a_button(client):
    client.post("/ebooks/", SIGNUP)

    mail = OutgoingMail.objects.get(kind="news_confirm")
    assert mail.to == "ann@example.com"
    assert mail.subject == "Do you want our news by email?"
    assert "http://127.0.0.1:8000/news/confirm/" in mail.text
    assert "http://127.0.0.1:8000/news/confirm/" in mail.html
    assert ledger(EbookSignup.objects.get()) == ["asked"]


def test_news_box_twice_is_one_line_and_one_mail(client):
    client.post("/ebooks/", SIGNUP)
    client.post("/ebooks/", SIGNUP)

    assert kinds() == ["library_link", "news_confirm"]
    assert ledger(EbookSignup.objects.get()) == ["asked"]


def test_news_box_ticked_again_later_is_asked_again(client, time_machine):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    client.post("/ebooks/", SIGNUP)
    time_machine.move_to("2026-11-24T11:00:00+00:00", tick=False)
    client.post("/ebooks/", SIGNUP)

    assert kinds() == ["library_link", "library_link", "news_confirm", "news_confirm"]
    assert ledger(EbookSignup.objects.get()) == ["asked", "asked"]


def test_news_box_of_a_reader_asks_nothing(client):
    make_reader(email="ann@example.com", email_key="ann@example.com")

    client.post("/ebooks/", SIGNUP)

    assert kinds() == ["library_link"]
    assert ledger(EbookSignup.objects.get()) == ["asked", "confirmed"]


def test_news_box_of_a_bot_is_noted_without_a_mail(client):
    client.post("/ebooks/", SIGNUP | {"website": "x"})

    assert kinds() == []
    assert ledger(EbookSignup.objects.get()) == ["asked"]


def test_news_box_ticked_by_a_bot_changes_nothing_for_a_person(client):
    reader = make_reader(email="ann@example.com", email_key="ann@example.com")
    withdraw(reader)

    client.post("/ebooks/", SIGNUP | {"website": "x"})

    assert ledger(reader) == ["asked", "confirmed", "withdrawn"]


def test_mails_of_all_kinds_count_together_to_3_a_day(client, time_machine):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    client.post("/ebooks/", SIGNUP)
    request = {"name": "Ann", "email": "ann@example.com", "best_time": "any"}
    client.post("/consultation/", request)
    assert kinds() == ["library_link", "news_confirm", "request_alert", "request_receipt"]

    client.post("/consultation/", request | {"name": "Ann Lee"})
    assert kinds() == ["library_link", "news_confirm", *["request_alert"] * 2, "request_receipt"]

    time_machine.move_to("2026-11-24T10:00:01+00:00", tick=False)
    client.post("/consultation/", request | {"name": "Ann B. Lee"})
    assert kinds().count("request_receipt") == 2


@pytest.mark.parametrize(
    "address",
    ["victim+1@gmail.com", "v.ict.im@gmail.com", "VICTIM@googlemail.com", "victim+a+b@gmail.com"],
)
def test_mails_to_one_mailbox_count_together(client, address):
    for number in range(3):
        make_mail(to="victim@gmail.com", to_key="victim@gmail.com", message_id=f"<{number}@x>")

    assert client.post("/ebooks/", SIGNUP | {"email": address}).status_code == 303

    assert OutgoingMail.objects.filter(to=address).count() == 0


def test_mails_of_the_former_release_count(client):
    for number in range(3):
        make_mail(message_id=f"<{number}@x>", mailbox="")

    client.post("/ebooks/", SIGNUP)

    assert kinds().count("library_link") == 3


def test_mails_from_a_clock_that_ran_ahead_do_not_count(client):
    for number in range(3):
        ahead = timezone.now() + timedelta(days=365)
        make_mail(message_id=f"<{number}@x>", queued_at=ahead)

    client.post("/ebooks/", SIGNUP)

    assert kinds().count("library_link") == 4


def test_news_mails_do_not_use_up_the_mails_of_a_visitor(client):
    for number in range(3):
        make_mail(kind="news", message_id=f"<n{number}@example.com>")

    client.post("/ebooks/", SIGNUP)

    assert kinds() == ["library_link", "news", "news", "news", "news_confirm"]


# Confirming


def test_news_confirm_page_has_a_button_and_changes_nothing(client):
    signup = make_asked()

    response = client.get(confirm_path())

    assert response.status_code == 200
    assert "Yes, send me the news" in response.text
    assert WORDING in response.text
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert response["Referrer-Policy"] == "same-origin"
    assert ledger(signup) == ["asked"]


def test_news_confirm_button_writes_the_wording_and_the_page(client):
    signup = make_asked()

    response = client.post(confirm_path())

    assert (response.status_code, response["Location"]) == (303, response.request["PATH_INFO"])
    consent = signup.consents.get(event="confirmed")
    assert (consent.purpose, consent.wording, consent.page) == ("news", WORDING, "/news/confirm/")
    done = client.get(response["Location"])
    assert "You’re signed up" in done.text
    assert done["Referrer-Policy"] == "no-referrer"


def test_news_confirm_pressed_again_is_harmless(client):
    signup = make_asked()
    client.post(confirm_path())

    assert client.post(confirm_path()).status_code == 303
    assert ledger(signup) == ["asked", "confirmed"]


def test_news_confirm_works_for_7_days(client, time_machine):
    make_asked()
    path, issued_at = confirm_path(), timezone.now()

    time_machine.move_to(issued_at + timedelta(days=7, minutes=-1))
    assert client.get(path).status_code == 200
    time_machine.move_to(issued_at + timedelta(days=7, minutes=1))
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert EbookSignup.objects.news_readers().count() == 0


def test_news_confirm_from_another_site_is_refused(client):
    signup = make_asked()

    response = client.post(confirm_path(), headers={"origin": "https://evil.example"})

    assert response.status_code == 403
    assert ledger(signup) == ["asked"]


def test_news_confirm_by_an_old_link_does_not_undo_an_unsubscribe(client):
    reader = make_reader()
    withdraw(reader)

    client.post(confirm_path())

    assert client.get(confirm_path()).status_code == 410
    assert ledger(reader) == ["asked", "confirmed", "withdrawn"]
    assert consent.suppressed([reader.email_key]) == {reader.email_key}


@pytest.mark.parametrize("kind", ["confirm", "unsubscribe"])
@pytest.mark.parametrize("token", ["x", "a:b", "a:b:c", "%00", "é"])
def test_news_link_that_is_forged_is_unknown(client, kind, token):
    make_reader()

    assert client.get(f"/news/{kind}/{token}/").status_code == 404
    assert client.post(f"/news/{kind}/{token}/").status_code == 404
    assert EbookSignup.objects.news_readers().count() == 1


def test_news_links_are_good_for_their_own_purpose_only(client):
    reader = make_asked()
    library = links.library_path(reader).split("/")[-2]

    assert client.post(f"/news/confirm/{library}/").status_code == 404
    assert client.post(f"/news/unsubscribe/{library}/").status_code == 404
    assert ledger(reader) == ["asked"]


# Unsubscribing


def unsubscribe_path(reader):
    return links.news_unsubscribe_path(reader.public_id)


def test_news_unsubscribe_page_has_a_button_and_changes_nothing(client):
    reader = make_reader()

    response = client.get(unsubscribe_path(reader))

    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")
    assert "Stop the news" in response.text
    assert ledger(reader) == ["asked", "confirmed"]


def test_news_unsubscribe_button_withdraws(client):
    reader = make_reader()

    response = client.post(unsubscribe_path(reader))

    assert (response.status_code, response["Location"]) == (303, unsubscribe_path(reader))
    assert "You get no news from us" in client.get(response["Location"]).text
    assert ledger(reader) == ["asked", "confirmed", "withdrawn"]
    consent = reader.consents.get(event="withdrawn")
    assert (consent.wording, consent.page) == (WORDING, "/news/unsubscribe/")
    assert consent.channel == "link"
    assert Suppression.objects.count() == 1
    assert EbookSignup.objects.news_readers().count() == 0


def test_news_unsubscribe_twice_is_harmless(client):
    reader = make_reader()
    for _ in range(2):
        assert client.post(unsubscribe_path(reader)).status_code == 303

    assert ledger(reader) == ["asked", "confirmed", "withdrawn"]
    assert Suppression.objects.count() == 1


def test_news_unsubscribe_link_never_expires(client, time_machine):
    reader = make_reader()
    path = unsubscribe_path(reader)
    time_machine.move_to(timezone.now() + timedelta(days=3650))

    assert client.post(path).status_code == 303
    assert ledger(reader)[-1] == "withdrawn"


ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
PARTS = (
    '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://mail.example"},
        {"origin": "null"},
        {"referer": "https://mail.example/inbox"},
        {"sec-fetch-site": "cross-site", "origin": "https://mail.example"},
    ],
)
@pytest.mark.parametrize(
    ("body", "kind"), [(ONE_CLICK, FORM), (PARTS, "multipart/form-data; boundary=b")]
)
def test_news_one_click_unsubscribe_is_taken_from_any_mail_provider(client, headers, body, kind):
    reader = make_reader()

    response = client.post(
        unsubscribe_path(reader), body.encode(), content_type=kind, headers=headers
    )

    assert (response.status_code, response.cookies) == (200, {})
    assert reader.consents.get(event="withdrawn").channel == "one-click"


def test_news_one_click_unsubscribe_takes_no_body_over_64_kb(client):
    reader = make_reader()
    body = ONE_CLICK.ljust(64 * 1024)

    big = client.post(unsubscribe_path(reader), body + " ", content_type=FORM)
    assert (big.status_code, ledger(reader)[-1]) == (413, "confirmed")
    most = client.post(unsubscribe_path(reader), body, content_type=FORM)
    assert (most.status_code, ledger(reader)[-1]) == (200, "withdrawn")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"", b"x=%ff", b"a=1&" * 3000])
def test_news_unsubscribe_reads_nothing_that_could_break(client, body):
    reader = make_reader()
    kind = f"{FORM}; charset=klingon"

    response = client.generic("POST", unsubscribe_path(reader), body, content_type=kind)

    assert response.status_code == 303
    assert ledger(reader)[-1] == "withdrawn"


def test_news_unsubscribe_of_someone_erased_says_there_is_no_news(client):
    path = links.news_unsubscribe_path("gone")

    assert "You get no news from us" in client.get(path).text
    assert client.post(path, ONE_CLICK, content_type=FORM).status_code == 200


def test_news_unsubscribe_takes_back_what_waits_in_the_outbox(client):
    reader = make_reader()
    to = {"to": reader.email, "to_key": reader.email_key}
    make_mail(kind="news", message_id="<1@x>", **to)
    make_mail(kind="news", message_id="<2@x>", state="sent", **to)
    make_mail(kind="library_link", message_id="<3@x>", **to)

    client.post(unsubscribe_path(reader))

    assert kinds() == ["library_link", "news"]
    assert OutgoingMail.objects.get(kind="news").state == "sent"


def test_unsubscribe_survives_a_new_sign_up_without_the_box(client):
    reader = make_reader(email="ann@example.com", email_key="ann@example.com")
    withdraw(reader)

    client.post("/ebooks/", {name: SIGNUP[name] for name in ("first_name", "email", "page")})

    assert kinds() == ["library_link"]
    assert EbookSignup.objects.news_readers().count() == 0
    assert Suppression.objects.count() == 1


def test_unsubscribe_survives_a_new_sign_up_with_the_box_until_it_is_confirmed(client):
    reader = make_reader(email="ann@example.com", email_key="ann@example.com")
    withdraw(reader)

    client.post("/ebooks/", SIGNUP)
    assert (EbookSignup.objects.news_readers().count(), Suppression.objects.count()) == (0, 1)

    client.post(confirm_path())
    assert (EbookSignup.objects.news_readers().count(), Suppression.objects.count()) == (1, 0)
    assert ledger(reader) == ["asked", "confirmed", "withdrawn", "asked", "confirmed"]


# Sending


def send(message):
    mailing.start(message)
    mailing.go_on(message)
    message.refresh_from_db()


def test_news_goes_to_confirmed_readers_only():
    make_reader(1)
    make_asked(2)
    withdraw(make_reader(3))
    make_reader(4, suspicion="a bot")
    make_signup()
    make_request()
    message = make_message()

    send(message)

    assert [mail.to for mail in message.mails.all()] == ["reader1@example.com"]
    assert (message.state, message.sent_at is not None) == ("sent", True)


def test_news_never_goes_to_a_suppressed_address_whatever_the_ledger_says():
    make_reader(1)
    consent.suppress("reader1@example.com")
    make_reader(2)
    message = make_message()

    send(message)

    assert [mail.to for mail in message.mails.all()] == ["reader2@example.com"]


def test_news_passes_over_a_whole_batch_of_suppressed_readers(monkeypatch):
    monkeypatch.setattr(mailing, "BATCH", 2)
    for number in range(5):
        make_reader(number)
    for number in range(4):
        consent.suppress(f"reader{number}@example.com")
    message = make_message()

    send(message)

    assert [mail.to for mail in message.mails.all()] == ["reader4@example.com"]


def test_news_mail_has_the_headers_of_rfc_8058_and_the_postal_address():
    reader = make_reader()

    send(make_message())

    mail = OutgoingMail.objects.get(kind="news")
    url = "http://127.0.0.1:8000" + links.news_unsubscribe_path(reader.public_id)
    assert mail.headers == {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    for part in (mail.text, mail.html):
        assert "1 Main St, Troy, MI 48083" in part
        assert url in part
        assert "http://127.0.0.1:8000/my-data/" in part


def test_news_mail_names_a_mailto_way_out_only_when_it_is_known():
    make_practice(news_consent_text=WORDING, email="desk@example.com", **ADDRESS)
    make_reader()

    send(make_message())

    header = OutgoingMail.objects.get(kind="news").headers["List-Unsubscribe"]
    assert header.endswith(">, <mailto:desk@example.com?subject=Unsubscribe>")


def test_news_mail_says_the_same_in_both_parts():
    make_reader()
    body = (
        '<p>Read <a href="/guides/">our guides</a>.</p><ul><li>Lie down</li><li>Call [phone]</li>'
        "</ul><script>x</script>"
    )

    send(make_message(body=body))

    mail = OutgoingMail.objects.get(kind="news")
    assert "Read our guides (http://127.0.0.1:8000/guides/)." in mail.text
    assert "- Lie down\n- Call (248) 555-0123" in mail.text
    assert '<a href="http://127.0.0.1:8000/guides/">our guides</a>' in mail.html
    assert "<script>" not in mail.html
    assert len((mail.text + mail.html).encode()) < 20_000


def test_news_mail_has_no_dead_link():
    make_reader()
    links = '<a href="www.a.example">a</a> <a href="//b.example/">b</a> <a href="#c">c</a>'

    send(make_message(body=f'<p>{links} <a href="ann@d.example">d</a> <a href="e/">e</a></p>'))

    mail = OutgoingMail.objects.get(kind="news")
    assert "a (https://www.a.example) b (https://b.example/) c d (ann@d.example) e" in mail.text
    for address in ("https://www.a.example", "https://b.example/", "mailto:ann@d.example"):
        assert f'<a href="{address}">' in mail.html


def test_news_mail_counts_from_where_a_list_starts():
    make_reader()

    send(make_message(body='<ol start="3"><li>Rest</li><li>Walk</li></ol>'))

    assert "3. Rest\n4. Walk" in OutgoingMail.objects.get(kind="news").text


@pytest.mark.parametrize("missing", ["street", "city"])
def test_news_is_refused_while_the_postal_address_is_unknown(missing):
    make_practice(**ADDRESS | {missing: ""})
    make_reader()
    message = make_message()

    with pytest.raises(mailing.NotSendableError, match="must carry the postal address"):
        mailing.start(message)
    with pytest.raises(mailing.NotSendableError, match="must carry the postal address"):
        mailing.send_test(message, to="staff@example.com")

    message.refresh_from_db()
    assert (message.state, OutgoingMail.objects.count()) == ("draft", 0)


def test_news_is_sent_once():
    make_reader()
    message = make_message()
    send(message)

    with pytest.raises(mailing.NotSendableError, match="was sent before"):
        mailing.start(message)
    mailing.go_on(message)

    assert message.mails.count() == 1


def test_news_killed_in_the_middle_is_taken_up_with_no_double_and_no_loss(monkeypatch):
    monkeypatch.setattr(mailing, "BATCH", 2)
    for number in range(7):
        make_reader(number)
    message = make_message()
    mailing.start(message)
    put, calls = mailing.queue_for, []

    def dies_at_the_fourth(*args, **kwargs):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        put(*args, **kwargs)

    monkeypatch.setattr(mailing, "queue_for", dies_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        mailing.go_on(message)
    assert message.mails.count() == 2  # the batch it died in is as if never begun

    assert mailing.go_on_with_all() == 1
    message.refresh_from_db()
    to = sorted(message.mails.values_list("to", flat=True))
    assert to == [f"reader{number}@example.com" for number in range(7)]
    assert message.state == "sent"


def test_news_is_mailed_once_to_a_reader_whoever_tries():
    message = make_message()
    make_mail(news=message, message_id="<1@x>")

    with pytest.raises(IntegrityError):
        make_mail(news=message, message_id="<2@x>")


def test_news_stops_for_a_break_and_goes_on(monkeypatch):
    monkeypatch.setattr(mailing, "BATCH", 1)
    make_reader(1)
    make_reader(2)
    message = make_message()
    mailing.start(message)

    assert mailing.go_on(message, within=timedelta(0)) is False
    assert message.mails.count() == 1
    assert mailing.go_on(message) is True
    assert message.mails.count() == 2


def test_news_mails_come_due_one_after_another(time_machine, monkeypatch):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    monkeypatch.setattr(mailing, "BATCH", 2)
    for number in range(3):
        make_reader(number)
    message = make_message()

    send(message)

    due = message.mails.order_by("due_at").values_list("due_at", flat=True)
    assert [(at - due[0]).total_seconds() for at in due] == [0.0, 0.5, 1.0]
    assert due[0] == timezone.now()


def test_news_progress_counts_what_became_of_the_mails():
    message = make_message()
    for number, state in enumerate(["queued", "sent", "sent", "failed"]):
        make_mail(news=message, message_id=f"<{number}@x>", to_key=f"{number}", state=state)
    make_mail(message_id="<another@x>")

    assert mailing.progress(message) == mailing.SendingProgress(1, 2, 1, unqueued=0)


def test_news_test_goes_to_its_writer_and_to_no_reader():
    make_reader()
    message = make_message()

    mailing.send_test(message, to="staff@example.com")

    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject, mail.news) == ("staff@example.com", "Test: Sleep well", None)
    assert "List-Unsubscribe-Post" in mail.headers
    message.refresh_from_db()
    assert message.state == "draft"


def test_news_costs_the_same_few_queries_a_reader(django_assert_max_num_queries):
    for number in range(30):
        make_reader(number)
    message = make_message()
    mailing.start(message)

    with django_assert_max_num_queries(30 * 4 + 25):
        mailing.go_on(message)


def test_news_readers_go_by_the_last_line_of_the_ledger_not_by_the_clock():
    reader = make_reader()
    reader.consents.create(
        purpose=Consent.Purpose.NEWS,
        event=Consent.Event.WITHDRAWN,
        wording=WORDING,
        at=timezone.now() - timedelta(days=1),
    )

    assert EbookSignup.objects.news_readers().count() == 0


def test_suppression_holds_on_when_the_key_is_changed(db, settings):
    consent.suppress("ann@example.com")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]

    assert consent.suppressed(["ann@example.com", "bo@example.com"]) == {"ann@example.com"}


def test_news_progress_counts_those_that_are_not_queued_yet():
    for number in range(250):
        make_reader(number)
    message = make_message()
    mailing.start(message)
    message.refresh_from_db()

    mailing.queue_batch(message)
    found = mailing.progress(message)

    assert (found.queued, found.unqueued, found.done, found.total) == (100, 150, 0, 250)
    assert found.minutes_left == 3

from datetime import timedelta

import pytest
from django.utils import timezone

from leads.admin.outbox import OutgoingMailAdmin
from leads.models import NewsMessage, OutgoingMail
from tests.admin_pages import column, is_refused, messages, page_text, run_action, same_queries
from tests.factories import make_mail
from tests.staff import client_of

LIST = "/admin/leads/outgoingmail/"


@pytest.fixture
def postmaster(db):
    return client_of("postmaster", "leads.view_outgoingmail", "leads.change_outgoingmail")


def test_list_shows_state_age_and_the_servers_words(postmaster):
    queued_at = timezone.now() - timedelta(hours=3, minutes=5)
    make_mail(state="failed", attempts=4, last_error="550 <no> user", queued_at=queued_at)

    response = postmaster.get(LIST)

    assert column(response, "state_badge") == ["Failed for good"]
    assert column(response, "age") == ["3\xa0hours"]
    assert column(response, "attempts") == ["4"]
    assert column(response, "last_error") == ["550 <no> user"]
    assert "550 &lt;no&gt; user" in response.text


@pytest.mark.parametrize(("count", "said"), [(1, "outbox: 1 mail"), (2, "outbox: 2 mails")])
def test_list_counts_mails_and_no_outboxes(postmaster, count, said):
    for number in range(count):
        make_mail(message_id=f"<{number}@example.com>")

    assert page_text(postmaster.get(LIST)).partition(" Filter ")[0].endswith(said)


def test_list_of_several_pages_links_to_each(postmaster, monkeypatch):
    monkeypatch.setattr(OutgoingMailAdmin, "list_per_page", 2)
    for number in range(5):
        make_mail(message_id=f"<{number}@example.com>")

    response = postmaster.get(LIST, {"p": "2"})

    assert len(column(response, "to")) == 2
    assert "1 2 3 outbox: 5 mails Show all" in page_text(response)
    assert 'href="?p=3"' in response.text


def test_list_filters_by_state_and_searches(postmaster):
    make_mail(state="sent")
    make_mail(to="bo@example.com", message_id="<2@example.com>")

    assert column(postmaster.get(LIST, {"state__exact": "sent"}), "to") == ["ann@example.com"]
    assert column(postmaster.get(LIST, {"q": "bo@"}), "to") == ["bo@example.com"]


def test_list_runs_the_same_number_of_queries(postmaster):
    def fill(numbers):
        for number in numbers:
            make_mail(message_id=f"<{number}@example.com>")

    assert same_queries(postmaster, LIST, fill)


def test_mail_page_shows_the_text_and_changes_nothing(postmaster):
    mail = make_mail(text="Hello <b>Ann</b>")

    page = postmaster.get(f"{LIST}{mail.pk}/change/")
    answer = postmaster.post(f"{LIST}{mail.pk}/change/", {"to": "eve@example.com"})

    assert "Hello &lt;b&gt;Ann&lt;/b&gt;" in page.text
    assert 'name="to"' not in page.text
    assert answer.status_code == 403


def test_mail_page_has_the_subject_as_title_and_folds_technical_fields(postmaster):
    mail = make_mail(text="Hello Ann")

    page = postmaster.get(f"{LIST}{mail.pk}/change/")

    before, _, after = page.text.partition("<details")
    assert "<h1>Your ebooks</h1>" in before
    assert "Hello Ann" in before
    assert "Message id:" not in before
    assert "&lt;1@example.com&gt;" in after


def test_action_resend_queues_again_from_the_start(postmaster):
    old = timezone.now() - timedelta(days=3)
    mail = make_mail(state="failed", attempts=9, last_error="550", queued_at=old, due_at=old)

    response = run_action(postmaster, LIST, "resend", mail)

    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == ("queued", 0, "")
    assert timezone.now() - mail.queued_at < timedelta(minutes=1)
    assert list(OutgoingMail.objects.due()) == [mail]
    assert messages(response) == ["1 queued again."]


def test_action_resend_skips_mails_without_text(postmaster):
    mail = make_mail(state="failed", text="")

    response = run_action(postmaster, LIST, "resend", mail)

    mail.refresh_from_db()
    assert mail.state == "failed"
    assert messages(response) == ["None queued again. Not queued: 1 whose text was deleted."]


def test_action_resend_skips_waiting_and_sent_mails(postmaster):
    old = timezone.now() - timedelta(hours=3)
    waits = make_mail(queued_at=old, attempts=3)
    sent = make_mail(state="sent", queued_at=old, message_id="<2@example.com>")

    response = run_action(postmaster, LIST, "resend", waits, sent)

    waits.refresh_from_db(), sent.refresh_from_db()
    assert (waits.queued_at, waits.attempts) == (old, 3)
    assert (sent.queued_at, sent.state) == (old, "sent")
    assert [(m.level_tag, m.message) for m in response.context["messages"]] == [
        ("warning", "None queued again. Not queued: 1 still waiting, 1 already sent.")
    ]


def test_action_resend_queues_only_the_failed_mails(postmaster):
    failed, sent = make_mail(state="failed"), make_mail(state="sent", message_id="<2@example.com>")

    response = run_action(postmaster, LIST, "resend", failed, sent)

    assert messages(response) == ["1 queued again. Not queued: 1 already sent."]
    assert list(OutgoingMail.objects.waiting()) == [failed]


def test_resend_needs_the_right_to_change(db):
    viewer = client_of("viewer", "leads.view_outgoingmail")
    mail = make_mail(state="failed")

    run_action(viewer, LIST, "resend", mail)

    mail.refresh_from_db()
    assert mail.state == "failed"
    assert "ann@example.com" in page_text(viewer.get(LIST))


def test_owner_cannot_add_or_delete_mails(owner):
    mail = make_mail()

    answers = [owner.get(LIST + "add/"), owner.post(f"{LIST}{mail.pk}/delete/", {"post": "yes"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert OutgoingMail.objects.count() == 1


def test_without_rights_there_is_no_outbox(nobody, editor, desk):
    make_mail()

    pages = [client.get(LIST) for client in (nobody, editor, desk)]

    assert [is_refused(page) for page in pages] == [True, True, True]
    assert all("ann@example.com" not in page.text for page in pages)


def test_change_page_shows_no_link_that_acts_in_the_persons_name(postmaster):
    paths = ["my-data/secret1/", "news/confirm/secret2/", "ebooks/library/secret3/"]
    mail = make_mail(text="\n".join(f"http://h/{path}" for path in paths))

    page = postmaster.get(f"{LIST}{mail.pk}/change/").text

    assert "secret" not in page
    assert "http://h/my-data/…" in page


def test_action_resend_sends_no_news_after_an_unsubscribe(postmaster):
    message = NewsMessage.objects.create(subject="News", body="<p>News.</p>")
    mail = make_mail(state="failed", kind="news", news=message)

    response = run_action(postmaster, LIST, "resend", mail)

    assert OutgoingMail.objects.get().state == "failed"
    assert messages(response) == [
        "None queued again. Not queued: 1 with news that the person no longer wants."
    ]

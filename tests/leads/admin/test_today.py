import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from leads.models import DownloadCount
from tests.admin_pages import column, page_text, same_queries
from tests.factories import (
    make_bounce,
    make_ebook,
    make_mail,
    make_practice,
    make_request,
    make_signup,
)

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_today_shows_reached_people_until_they_are_booked_or_closed(desk):
    for status in ("booked", "closed"):
        make_request(name=status.title(), status=status, digest=status)
    for number, days in ((1, 1), (2, 4)):
        row = make_request(name=f"Reached {number}", status="reached", digest=f"r{number}")
        at = timezone.now() - timedelta(days=days)
        row.events.create(what="Asks her husband, call Friday", at=at)
    make_request(status="reached", suspicion="x", name="Bot", digest="b")

    words = page_text(desk.get("/admin/"))

    talked = words[words.index("Talked to, not finished") : words.index("All requests")]
    assert re.findall(r"Reached \d|Booked|Closed|Bot", talked) == ["Reached 2", "Reached 1"]
    assert "talked 4 days ago: Asks her husband, call Friday" in talked
    assert "waiting" not in talked
    assert "They stay here until they are booked or closed." in talked


def test_today_shows_what_the_team_noted(desk):
    make_request(status="reached", notes="Asks her <b>husband</b>, call Friday")

    page = desk.get("/admin/")

    assert "Our notes: Asks her <b>husband</b>, call Friday" in page_text(page)
    assert "<b>husband" not in page.text


def test_today_says_how_many_more_we_talked_to(desk):
    for number in range(12):
        make_request(status="reached", digest=f"r{number}")

    page = desk.get("/admin/")

    assert '">2 more</a>' in page.text
    assert "status__exact=reached" in page.text


def test_today_shows_who_to_call(desk):
    make_practice()
    make_request(received_at=timezone.now() - timedelta(days=2))

    response = desk.get("/admin/")

    assert "Ann Lee (248) 555-0123 Morning" in page_text(response)
    assert "waiting 2 days no voicemail" in page_text(response)
    assert 'href="tel:+12485550123"' in response.text
    assert re.search(
        r'href="/admin/leads/consultationrequest/\d+/change/\?from=today"', response.text
    )


def test_today_says_that_mail_does_not_reach_the_person(desk):
    make_request(phone="")
    make_bounce()

    words = page_text(desk.get("/admin/"))

    assert "Ann Lee ann@example.com Morning" in words
    assert "Mail does not reach this address. Is there a typing error in it?" in words
    assert "Then write to the right one from your own mail." in words


def test_today_says_who_called_our_mail_spam(desk):
    make_request(phone="")
    make_bounce(reason="complaint")

    assert "Answer by email Marked our mail as spam" in page_text(desk.get("/admin/"))


@pytest.mark.parametrize(
    ("status", "what", "shown"),
    [
        ("tried", "Left a voicemail", "tried 5 minutes ago: Left a voicemail"),
        ("tried", "Status: To call → Tried, call again", "tried 5 minutes ago"),
        ("new", "Notes changed", "5 minutes ago: Notes changed"),
    ],
)
def test_today_shows_what_was_done_last_and_the_note(desk, status, what, shown):
    request = make_request(status=status, note="Left leg\n<b>tingles</b>.")
    request.events.create(what="Earlier")
    request.events.create(what=what, at=timezone.now() - timedelta(minutes=5))

    response = desk.get("/admin/")

    assert f"{shown} “Left leg <b>tingles</b>.”" in page_text(response)
    assert "<b>tingles" not in response.text


@pytest.mark.parametrize("voicemail_ok", [True, False])
def test_today_says_where_to_leave_no_voicemail(desk, voicemail_ok):
    make_request(voicemail_ok=voicemail_ok)

    assert ("no voicemail" in page_text(desk.get("/admin/"))) is not voicemail_ok


@pytest.mark.parametrize(("minutes", "is_alarmed"), [(14, False), (16, True)])
def test_today_shows_an_alarm_when_the_oldest_mail_waits_too_long(owner, minutes, is_alarmed):
    make_mail(queued_at=timezone.now() - timedelta(minutes=minutes))
    make_mail(message_id="<2@example.com>", state="sent", queued_at=MORNING)
    make_mail(message_id="<3@example.com>", queued_at=timezone.now())

    shown = page_text(owner.get("/admin/"))

    assert ("Mail waits, the oldest for 16 minutes" in shown) is is_alarmed
    assert ("the mail worker does not run" in shown) is is_alarmed


def test_today_repeats_what_the_mail_server_says(owner, editor):
    make_mail(queued_at=MORNING, attempts=5, last_error="451 <b>later</b>")

    response = owner.get("/admin/")

    assert "It says: “451 <b>later</b>”" in page_text(response)
    assert page_text(response).index("Mail waits") < page_text(response).index("Readiness:")
    assert "<b>later" not in response.text
    assert "Mail waits" not in editor.get("/admin/").text


def test_today_shows_ten_and_says_how_many_more(desk):
    for number in range(12):
        make_request(digest=f"d{number}")
    make_request(digest="held", suspicion="the hidden field was filled in")

    response = desk.get("/admin/")

    assert response.text.count('class="who"') == 10
    assert "2 more are waiting ·" in page_text(response)
    assert "1 held back as suspicious" in page_text(response)


def test_today_links_to_the_other_waiting_requests_oldest_first(desk):
    for number in range(12):
        at = MORNING - timedelta(days=number)
        make_request(name=f"P{number}", digest=f"d{number}", received_at=at)
    make_request(name="Done", digest="done", status="reached", received_at=MORNING)
    page = desk.get("/admin/").text
    (url,) = re.findall(r'href="([^"]+)">2 more are waiting', page)

    response = desk.get(unescape(url))

    assert column(response, "name") == [f"P{number}" for number in reversed(range(12))]


def test_today_counts_what_came_in(owner):
    make_signup()
    make_signup(email_key="b@example.com", received_at=timezone.now() - timedelta(days=20))
    make_request(received_at=timezone.now() - timedelta(days=40))
    make_mail(queued_at=timezone.now() - timedelta(hours=5))
    make_mail(state="failed", message_id="<2@example.com>")

    words = page_text(owner.get("/admin/"))

    assert "1 sign-up in the last 7 days 2 sign-ups in the last 4 weeks" in words
    assert "0 requests in the last 7 days 0 requests in the last 4 weeks" in words
    assert "1 mail waiting, the oldest for 5 hours 1 mail failed for good" in words


def test_today_counts_downloads_of_the_last_four_weeks(owner, desk):
    make_ebook(title="<b>Days</b>")
    today = timezone.localdate()
    for slug, kind, age, count in (
        ("first-days", "epub", 0, 2),
        ("first-days", "epub", 27, 3),
        ("first-days", "pdf", 1, 4),
        ("first-days", "pdf", 28, 50),
        ("deleted-book", "pdf", 3, 1),
    ):
        day = today - timedelta(days=age)
        DownloadCount.objects.create(ebook=slug, file_format=kind, day=day, count=count)

    words = page_text(owner.get("/admin/"))

    assert (
        "10 ebook downloads in the last 4 weeks "
        "5 of them: <b>Days</b>, EPUB 4 of them: <b>Days</b>, PDF 1 of them: deleted-book, PDF"
    ) in words
    assert "ebook downloads" not in page_text(desk.get("/admin/"))


def test_today_runs_the_same_number_of_queries(owner):
    def fill(numbers):
        for number in numbers:
            make_request(digest=f"d{number}")
            make_mail(message_id=f"<{number}@example.com>")
            book = make_ebook(slug=f"book-{number}")
            today = timezone.localdate()
            DownloadCount.objects.create(ebook=book.slug, file_format="pdf", day=today, count=1)

    assert same_queries(owner, "/admin/", fill)


def test_today_shows_leads_only_to_staff_with_the_right(editor, nobody):
    make_request()
    make_mail()

    pages = [page_text(client.get("/admin/")) for client in (editor, nobody)]

    assert all("Who to call next" not in page and "Ann Lee" not in page for page in pages)
    assert all("mails waiting" not in page for page in pages)
    assert "Articles" in pages[0]


def test_today_and_login_carry_the_name_of_the_practice(desk, client):
    make_practice(name="Lake <Clinic>")

    pages = [desk.get("/admin/").text, client.get("/admin/login/").text]

    assert all('<a href="/admin/">Lake &lt;Clinic&gt;</a>' in page for page in pages)
    assert all("| Lake &lt;Clinic&gt;</title>" in page for page in pages)

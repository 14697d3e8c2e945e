import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from leads.models import Attempt, Bounce, ConsultationRequest, EbookSignup, OutgoingMail
from leads.news import mailing
from leads.privacy import retention
from tests.factories import (
    make_article,
    make_bounce,
    make_mail,
    make_practice,
    make_request,
    make_signup,
)
from tests.leads.news_factories import ADDRESS, make_message, make_reader, whole_database

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _practice(db, time_machine):
    make_practice(**ADDRESS)
    time_machine.move_to(NOW, tick=False)


def daily(*options):
    call_command("daily", *options)


def days_ago(days):
    return NOW - timedelta(days=days)


TWO_YEARS_AGO = datetime(2024, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("make", [make_signup, make_request])
def test_daily_deletes_leads_after_24_months(make):
    row = make(received_at=TWO_YEARS_AGO)
    daily()
    assert type(row).objects.count() == 1
    row.delete()

    row = make(received_at=TWO_YEARS_AGO - SECOND)
    daily()
    assert type(row).objects.count() == 0


@pytest.mark.parametrize("form", ["/ebooks/", "/ebooks/link/"])
def test_daily_keeps_whoever_came_back(client, form):
    make_signup(received_at=TWO_YEARS_AGO - SECOND)
    client.post(form, {"first_name": "Ann", "email": "ann@example.com"})

    daily()

    assert EbookSignup.objects.get().received_at == TWO_YEARS_AGO - SECOND


@pytest.mark.parametrize("make", [make_signup, make_request])
def test_daily_deletes_what_was_held_back_after_30_days(make):
    row = make(received_at=days_ago(30), suspicion="a bot")

    daily()
    assert type(row).objects.count() == 1

    type(row).objects.update(received_at=days_ago(30) - SECOND)
    daily()
    assert type(row).objects.count() == 0


def test_daily_keeps_leads_that_were_not_held_back():
    make_signup(received_at=days_ago(31))

    daily()

    assert EbookSignup.objects.count() == 1


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_daily_empties_mails_after_30_days_and_keeps_their_count(state):
    make_mail(state=state, html="<p>Here.</p>", headers={"a": "b"}, queued_at=days_ago(30))

    daily()
    assert OutgoingMail.objects.exclude(kind="daily_digest").get().text == "Here."

    OutgoingMail.objects.update(queued_at=days_ago(30) - SECOND)
    daily()
    mail = OutgoingMail.objects.exclude(kind="daily_digest").get()
    assert (mail.text, mail.html, mail.headers, mail.state) == ("", "", {}, state)


def test_daily_never_empties_a_mail_that_still_waits():
    make_mail(queued_at=days_ago(31))

    daily()

    assert OutgoingMail.objects.get().text == "Here."


def test_daily_deletes_mails_with_the_leads():
    make_mail(queued_at=TWO_YEARS_AGO, state="sent")
    daily()
    assert OutgoingMail.objects.count() == 1

    OutgoingMail.objects.update(queued_at=TWO_YEARS_AGO - SECOND)
    daily()
    assert OutgoingMail.objects.count() == 0


def test_daily_deletes_bounces_with_the_leads():
    make_bounce(at=TWO_YEARS_AGO - SECOND)
    make_bounce(address="bo@example.com", at=TWO_YEARS_AGO)

    daily()

    assert Bounce.objects.get().address == "bo@example.com"


def test_daily_deletes_counts_of_posts_after_a_day():
    for number, hour in enumerate([days_ago(1), days_ago(1) - SECOND, NOW, NOW + SECOND]):
        Attempt.objects.create(kind="signup", key=str(number), hour=hour)

    daily()

    assert sorted(Attempt.objects.values_list("key", flat=True)) == ["0", "2"]


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2026, 1, 1), 1, (2025, 12, 1)),
        ((2024, 2, 29), 12, (2023, 2, 28)),
        ((2026, 11, 23), 24, (2024, 11, 23)),
    ],
)
def test_months_ago_is_the_same_day_or_the_months_last(time_machine, now, months, then):
    time_machine.move_to(datetime(*now, tzinfo=UTC), tick=False)

    assert retention.months_ago(months) == datetime(*then, tzinfo=UTC)


def test_daily_goes_by_the_settings(settings):
    settings.LEAD_RETENTION_MONTHS = 1
    make_signup(received_at=datetime(2026, 10, 23, 9, 59, tzinfo=UTC))

    daily()

    assert EbookSignup.objects.count() == 0


def test_daily_works_through_more_than_a_batch(monkeypatch, capsys):
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        make_request(digest=str(number), received_at=TWO_YEARS_AGO - SECOND)

    daily()

    assert ConsultationRequest.objects.count() == 0
    assert "consultation requests deleted: 5\n" in capsys.readouterr().out


def test_daily_dry_run_counts_and_changes_nothing(capsys):
    make_signup(received_at=TWO_YEARS_AGO - SECOND)
    make_mail(state="failed", queued_at=days_ago(31))
    make_request()
    mailing.start(make_message())
    before = whole_database()

    daily("--dry-run")

    assert whole_database() == before
    printed = capsys.readouterr().out.splitlines()
    assert "sign-ups deleted: 1" in printed
    assert "mail texts emptied: 1" in printed
    assert "waits: open_requests: 1" in printed


# The digest


def digests():
    return OutgoingMail.objects.filter(kind="daily_digest")


def test_digest_is_silent_when_nothing_waits():
    make_request(status="reached")
    make_signup()
    make_mail(state="sent")
    make_article(next_review_on=date(2026, 11, 24))
    make_article(slug="draft", published_at=None, next_review_on=date(2026, 1, 1))

    daily()

    assert digests().count() == 0


def test_digest_counts_what_waits_and_names_nobody():
    make_request(status="tried")
    make_request(digest="2", suspicion="a bot")
    make_signup(suspicion="a bot")
    make_signup(email_key="2@example.com", suspicion="a bot")
    make_mail(state="failed", last_error="550 ann@example.com")
    make_article(next_review_on=date(2026, 11, 23))

    daily()

    mail = digests().get()
    assert (mail.to, mail.subject) == ("desk@example.com", "What waits on the site")
    for line in (
        "Consultation requests to answer: 1",
        "Held back as suspicious, look through them: 3",
        "Emails that failed for good: 1",
        "Its review is due: Neck pain",
    ):
        assert line in mail.text
        assert line in mail.html
    assert "http://127.0.0.1:8000/admin/" in mail.text
    found = (mail.text + mail.html).replace("(248) 555-0123", "").replace("+12485550123", "")
    assert [word for word in ("Ann", "ann@", "5550123") if word in found] == []


@pytest.mark.parametrize(
    ("make", "line", "url"),
    [
        (make_request, "Consultation requests: 1", "leads/consultationrequest/?held_back=yes"),
        (make_signup, "Ebook sign-ups: 1", "leads/ebooksignup/?held_back=yes"),
    ],
)
def test_digest_tells_what_is_held_back_even_when_nothing_else_waits(client, make, line, url):
    make(suspicion="there is a link in the name")

    daily()

    mail = digests().get()
    assert line in mail.text
    assert f"  http://127.0.0.1:8000/admin/{url}\n" in mail.text
    assert line in re.sub(r"<[^>]+>", "", mail.html)
    assert f'href="http://127.0.0.1:8000/admin/{url}"' in mail.html
    assert mail.text.count("look through them: 1") == 1


def test_digest_comes_once_a_day(time_machine):
    make_request()

    daily()
    daily()
    assert digests().count() == 1

    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    daily()
    assert digests().count() == 2


def test_digest_goes_by_the_day_of_the_practice(time_machine):
    make_request()
    time_machine.move_to(datetime(2026, 11, 24, 4, 59, tzinfo=UTC), tick=False)  # 23:59 in Detroit
    daily()
    daily()
    assert digests().count() == 1

    time_machine.move_to(datetime(2026, 11, 24, 5, 0, tzinfo=UTC), tick=False)
    daily()
    assert digests().count() == 2


# News that was left half sent


def test_daily_takes_up_news_that_was_left_half_sent(capsys):
    make_reader()
    message = make_message()
    mailing.start(message)

    daily()

    message.refresh_from_db()
    assert (message.state, message.mails.count()) == ("sent", 1)
    assert "news messages taken up: 1\n" in capsys.readouterr().out


def test_daily_says_why_news_cannot_go_on_and_does_the_rest(capsys):
    make_reader()
    mailing.start(make_message())
    make_practice(street="")

    daily()

    assert "must carry the postal address" in capsys.readouterr().err
    assert "News messages not yet handed to the outbox: 1" in digests().get().text


def test_daily_run_again_changes_nothing():
    make_request(received_at=TWO_YEARS_AGO - SECOND)
    make_request(digest="2")
    daily()
    before = whole_database()

    daily()

    assert whole_database() == before
    assert timezone.now() == NOW

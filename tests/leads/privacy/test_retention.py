from datetime import UTC, datetime

import pytest

from leads.models import Attempt, Bounce, ConsultationRequest, EbookSignup, OutgoingMail
from leads.privacy import retention
from tests.factories import make_bounce, make_mail, make_practice, make_request, make_signup
from tests.leads.daily import NOW, SECOND, TWO_YEARS_AGO, daily, days_ago
from tests.leads.news_factories import ADDRESS


@pytest.fixture(autouse=True)
def _practice(db, time_machine):
    make_practice(**ADDRESS)
    time_machine.move_to(NOW, tick=False)


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
def test_daily_keeps_a_signup_that_came_back(client, form):
    make_signup(received_at=TWO_YEARS_AGO - SECOND)
    client.post(form, {"first_name": "Ann", "email": "ann@example.com"})

    daily()

    assert EbookSignup.objects.get().received_at == TWO_YEARS_AGO - SECOND


@pytest.mark.parametrize("make", [make_signup, make_request])
def test_daily_deletes_held_back_leads_after_30_days(make):
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


def test_daily_uses_the_settings(settings):
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

import pytest
from django.utils import timezone

from leads.models import OutgoingMail
from leads.news import mailing
from tests.database import whole_database
from tests.factories import make_mail, make_practice, make_request, make_signup
from tests.leads.daily import NOW, SECOND, TWO_YEARS_AGO, daily, days_ago
from tests.leads.news_factories import ADDRESS, make_message, make_reader


@pytest.fixture(autouse=True)
def _practice(db, time_machine):
    make_practice(**ADDRESS)
    time_machine.move_to(NOW, tick=False)


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


def digests():
    return OutgoingMail.objects.filter(kind="daily_digest")


def test_daily_continues_news_that_is_half_sent(capsys):
    make_reader()
    message = make_message()
    mailing.start(message)

    daily()

    message.refresh_from_db()
    assert (message.state, message.mails.count()) == ("sent", 1)
    assert "news messages continued: 1\n" in capsys.readouterr().out


def test_daily_says_why_news_cannot_continue_and_does_the_rest(capsys):
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

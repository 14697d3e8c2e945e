import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command

from leads.models import OutgoingMail
from tests.factories import make_article, make_mail, make_practice, make_request, make_signup
from tests.leads.news_factories import ADDRESS

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _practice(db, time_machine):
    make_practice(**ADDRESS)
    time_machine.move_to(NOW, tick=False)


def daily(*options):
    call_command("daily", *options)


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


def test_digest_counts_what_waits_without_any_name():
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
def test_digest_tells_of_held_back_leads_even_when_nothing_else_waits(client, make, line, url):
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


def test_digest_uses_the_day_of_the_practice(time_machine):
    make_request()
    time_machine.move_to(datetime(2026, 11, 24, 4, 59, tzinfo=UTC), tick=False)  # 23:59 in Detroit
    daily()
    daily()
    assert digests().count() == 1

    time_machine.move_to(datetime(2026, 11, 24, 5, 0, tzinfo=UTC), tick=False)
    daily()
    assert digests().count() == 2

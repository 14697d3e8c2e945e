"""The admin shows and takes times in the time zone of the practice, not of the server."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from articles.models import Article, Edition
from clinic_site.models import Practice
from tests.admin_pages import column, page_text
from tests.articles.admin.test_pages import save
from tests.factories import (
    make_article,
    make_ebook,
    make_practice,
    make_request,
    make_section,
    make_signup,
)

# This is 2:30 on July 15 in Detroit and 20:30 on July 14 in Honolulu.
NIGHT = datetime(2026, 7, 15, 6, 30, tzinfo=UTC)
LIST = "/admin/articles/article/"


@pytest.fixture
def honolulu(db):
    return make_practice(time_zone="Pacific/Honolulu")


def test_admin_shows_and_takes_times_of_the_practice(owner, honolulu):
    article = make_article(published_at=NIGHT)
    url = f"{LIST}{article.pk}/change/"

    page = owner.get(url)
    save(owner, article, published_at_0="2026-07-14", published_at_1="08:00:00")

    article.refresh_from_db()
    assert article.published_at == datetime(2026, 7, 14, 18, 0, tzinfo=UTC)
    assert "Time of Pacific/Honolulu" in page_text(page)
    assert 'value="2026-07-14"' in page.text
    assert 'value="20:30:00"' in page.text


def test_lists_show_times_of_the_practice(owner, honolulu):
    make_request(received_at=NIGHT)

    shown = column(owner.get("/admin/leads/consultationrequest/"), "received")

    assert shown == ["Jul 14, 8:30 PM"]


def test_export_writes_times_of_the_practice(owner, honolulu):
    row = make_signup(received_at=NIGHT)
    data = {"action": "export_csv", "_selected_action": [row.pk]}
    printed = StringIO()

    sent = b"".join(owner.post("/admin/leads/ebooksignup/", data)).decode()
    call_command("export_leads", "signups", stdout=printed)

    assert '"2026-07-14 20:30"' in sent
    assert '"2026-07-14 20:30"' in printed.getvalue()


def test_books_name_the_day_of_the_practice(honolulu):
    book = make_ebook(make_section(make_article()))
    Edition.objects.create(ebook=book, made_at=NIGHT, number=1)
    printed = StringIO()

    call_command("build_ebooks", stdout=printed)

    today = timezone.localtime(timezone=honolulu.zone)
    assert f"edition 2 of {today:%B} {today.day}, {today.year}" in printed.getvalue()


def test_feed_names_times_of_the_practice(client, honolulu):
    make_article(published_at=NIGHT)
    Article.objects.update(updated_at=NIGHT)

    assert "2026-07-14T20:30:00-10:00" in client.get("/guides/feed/").text


def test_time_zone_of_the_setting_is_the_default(owner):
    make_practice()
    make_request(received_at=NIGHT)
    url = "/admin/leads/consultationrequest/"

    assert Practice.load().time_zone == ""
    assert column(owner.get(url), "received") == ["Jul 15, 2:30 AM"]
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE


@pytest.mark.parametrize("name", ["America", "Nowhere/Town", "../etc/passwd", "\0", "a" * 59])
def test_unknown_time_zone_is_refused_and_breaks_no_page(client, db, name):
    with pytest.raises(ValidationError, match="Enter a zone name such as America/Detroit"):
        Practice(time_zone=name).full_clean()

    if "\0" not in name:
        make_practice(time_zone=name)
    assert "<h1" in client.get("/").text


def test_admin_hides_the_warning_about_the_clock_of_the_browser(owner, honolulu):
    """Django warns when the browser's clock differs from the server's; a style hides the warning,
    because the admin works in the practice's zone wherever staff sit."""
    page = owner.get(LIST + "add/").text
    styles = (settings.BASE_DIR / "static" / "css" / "admin.css").read_text()

    assert 'data-admin-utc-offset="-36000"' in page
    assert ".timezonewarning { display: none !important; }" in styles


def test_page_without_a_time_runs_no_query(client):
    """This test may not use the database, so a query would make it fail."""
    assert client.get("/robots.txt").text.startswith("User-agent: *")


def test_hour_that_the_clock_skips_is_refused(owner, db):
    """In Denver, clocks go from 2:00 to 3:00 on that day, so there is no 2:30."""
    make_practice(time_zone="America/Denver")
    article = make_article(published_at=NIGHT)

    response = save(owner, article, published_at_0="2026-03-08", published_at_1="02:30:00")

    assert "couldn’t be interpreted in time zone America/Denver" in page_text(response)

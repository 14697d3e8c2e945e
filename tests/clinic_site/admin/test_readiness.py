from datetime import date, timedelta

from django.utils import timezone

from articles.models import Edition
from tests.admin_pages import page_text
from tests.factories import (
    make_article,
    make_bounce,
    make_ebook,
    make_mail,
    make_practice,
    make_section,
    make_testimonial,
)

URL = "/admin/clinic_site/practice/readiness/"


def test_readiness_lists_what_is_unknown_with_the_way_to_it(owner):
    make_practice(email="desk@example.com", prices="Free")

    response = owner.get(URL)

    words = page_text(response)
    assert "Opening hours: not filled in" in words
    assert "Licence numbers: not filled in" in words
    assert "Public email address: not filled in" not in words
    assert "Prices: not filled in" not in words
    assert 'href="/admin/clinic_site/practice/#id_opening_hours"' in response.text


def test_readiness_lists_testimonials_without_authorization(owner):
    row = make_testimonial(name="<b>Bo</b>", authorization="unknown", is_supplied=True)
    make_testimonial(name="Di", authorization="unknown")
    make_testimonial(name="Cy", authorization="on_file")

    response = owner.get(URL)

    words = page_text(response)
    assert "<b>Bo</b>: authorization not recorded It is on the pages now" in words
    assert "Di: authorization not recorded It is on no page until" in words
    assert "<b>Bo" not in response.text
    assert "Cy:" not in page_text(response)
    assert f'href="/admin/leads/testimonial/{row.pk}/change/#id_authorization"' in response.text


def test_readiness_lists_pages_without_review(owner):
    today = timezone.localdate()
    reviewed = {"reviewer": "Ann Lee", "reviewed_on": today}
    make_article()
    make_article(title="Fresh", slug="fresh", next_review_on=today + timedelta(days=1), **reviewed)
    make_article(title="Stale", slug="stale", next_review_on=date(2026, 1, 2), **reviewed)
    make_article(title="Draft", slug="draft", published_at=None)

    words = page_text(owner.get(URL))

    assert "Neck pain: no reviewer, no review dates" in words
    assert "Stale: review overdue since January 2, 2026" in words
    assert "Fresh:" not in words
    assert "Draft:" not in words


def test_readiness_lists_ebooks_that_could_not_be_built(owner, desk):
    book = make_ebook(title="<b>Days</b>")
    Edition.objects.create(ebook=book, number=1, build_error="The disk is full.")
    fine = make_ebook(make_section(make_article(title="Page")), title="Fine", slug="fine")
    Edition.objects.create(ebook=fine, number=1)

    response = owner.get(URL)

    assert "<b>Days</b>: the last build failed The disk is full." in page_text(response)
    assert "<b>Days" not in response.text
    assert "Fine" not in page_text(response)
    assert f'href="/admin/articles/ebook/{book.pk}/change/"' in response.text
    assert "Ebooks" not in page_text(desk.get(URL))


def test_readiness_says_that_mail_goes_into_files(owner, settings):
    settings.EMAIL_BACKEND = "clinic_site.configuration.mail_files.EmailBackend"
    make_mail(state="failed")

    words = page_text(owner.get(URL))

    assert "No mail server is set: every mail becomes a file on the server" in words
    assert "Emails that failed for good: 1" in words


def test_readiness_says_that_mail_to_the_desk_comes_back(owner):
    make_bounce(address="desk@example.com")

    assert "Mail to the practice itself comes back: desk@example.com" in page_text(owner.get(URL))


def test_readiness_says_that_bounces_are_not_heard(owner, settings):
    settings.ESP, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": ""}

    assert "We do not learn which mails come back" in page_text(owner.get(URL))


def test_readiness_says_that_nothing_is_missing(owner, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert "Email Nothing is missing." in page_text(owner.get(URL))


def test_readiness_shows_each_only_what_concerns_them(editor, nobody):
    make_article()
    make_testimonial()

    words = page_text(editor.get(URL))

    assert "Neck pain: no reviewer" in words
    assert "Testimonials" not in words
    assert "Opening hours" not in words
    assert "Nothing here concerns your work." in page_text(nobody.get(URL))


def test_today_leads_to_readiness_with_the_count(owner, nobody, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    make_practice()
    make_article()

    assert "Readiness: 11 things to fill in or check" in page_text(owner.get("/admin/"))
    assert "Readiness" not in page_text(nobody.get("/admin/"))


def test_readiness_is_for_staff(client, db):
    assert client.get(URL)["Location"] == f"/admin/login/?next={URL}"

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import OperationalError

from articles.ebooks import book
from articles.models import Article, Ebook, EbookSection, EbookUpload, Section, Source
from clinic_site import phone
from clinic_site.models import ContentVersion, Practice
from leads import mail
from leads.models import OutgoingMail, Testimonial
from tests.factories import (
    make_article,
    make_ebook,
    make_practice,
    make_request,
    make_section,
    make_testimonial,
)


def make_source():
    words = {"title": "Neck facts", "publisher": "NHS", "url": "https://example.com/"}
    return make_article().sources.create(**words)


def make_chapter():
    return make_ebook(make_section(make_article())).chapters.get()


# A factory for each model that public pages show.
MAKE = {
    Article: make_article,
    Ebook: make_ebook,
    EbookSection: make_chapter,
    EbookUpload: lambda: make_ebook().uploads.create(file_format="pdf", file="ebooks/own.pdf"),
    Practice: make_practice,
    Section: lambda: make_section(make_article()),
    Source: make_source,
    Testimonial: make_testimonial,
}
PUBLIC_MODELS = [m for m in apps.get_models() if getattr(m, "shown_on_public_pages", False)]


def test_practice_phone_is_stored_as_e164_and_shown_in_american_style(db):
    practice = Practice(name="Lake Clinic", phone="248.555.0123")

    practice.full_clean()

    assert (practice.phone, practice.phone_national) == ("+12485550123", "(248) 555-0123")


@pytest.mark.parametrize(
    "typed", ["330-555-0199 x12", "+330 555 0199 ext. 12", "555-0199 (330) #12"]
)
def test_practice_phone_keeps_its_extension(db, typed):
    practice = Practice(phone=typed)

    practice.full_clean()
    practice.save()

    practice.refresh_from_db()
    assert practice.phone == "+13305550199;ext=12"
    assert practice.phone_national == "(330) 555-0199 ext. 12"
    assert practice.phone_uri == "tel:+13305550199,12"


@pytest.mark.parametrize("number", ["+13305550199;ext=12", "+2482550123"])
def test_stored_phone_is_not_read_again(db, number):
    Practice.objects.create(phone=number)

    assert Practice.objects.get(phone=number).phone == number


def test_practice_phone_with_two_readings_is_refused():
    with pytest.raises(ValidationError, match=r"\(248\) 255-0123, type it with \+1 in front"):
        Practice(phone="+248 255 0123").full_clean()


def test_extension_of_the_practice_is_shown_and_dialed_everywhere(client, starter):
    practice = Practice.objects.get()
    practice.phone = "330-555-0199 x12"
    practice.full_clean()
    practice.save()
    link = 'href="tel:+13305550199,12"'

    for path in ("/", "/guides/back-spasm-treatment/", "/consultation/", "/ebooks/link/", "/no/"):
        page = client.get(path).text
        assert link in page
        assert "(330) 555-0199 ext. 12" in page
        assert page.count("tel:+13305550199") == page.count(link)
    assert '"telephone": "+13305550199 ext. 12"' in client.get("/").text
    assert "Contact: tel:+13305550199;ext=12" in client.get("/.well-known/security.txt").text


def test_extension_of_the_practice_is_in_mails_and_ebooks(db):
    practice = make_practice(phone="+13305550199;ext=12")
    mail.queue_request_mails(make_request())
    receipt = OutgoingMail.objects.get(kind="request_receipt")

    made = book.read(make_ebook())

    assert receipt.html.count('href="tel:+13305550199,12"') == 2
    assert "(330) 555-0199 ext. 12" in receipt.text
    assert (made.phone, made.phone_uri) == (practice.phone_national, "tel:+13305550199,12")


def test_practice_refuses_a_phone_without_a_number():
    with pytest.raises(ValidationError, match="Enter a phone number"):
        Practice(phone="call me").full_clean()


def test_practice_refuses_an_unknown_zone():
    with pytest.raises(ValidationError, match="America/Detroit"):
        Practice(time_zone="Detroit").full_clean()


def test_changed_practice_phone_is_on_every_page(client, starter):
    practice = Practice.objects.get()
    practice.phone = "+12485559999"
    practice.save()

    for path in ("/", "/guides/back-spasm-treatment/", "/treatments/", "/ebooks/", "/privacy/"):
        page = client.get(path).text
        assert "(248) 555-9999" in page
        assert "844-2665" not in page


def test_practice_is_remembered_while_the_database_is_unreachable(db, monkeypatch):
    make_practice(name="Lake Clinic")
    Practice.load()

    def unreachable(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(Practice.objects, "filter", unreachable)

    assert Practice.load().name == "Lake Clinic"
    assert Practice.remembered().name == "Lake Clinic"


def test_postal_address_is_empty_without_a_street():
    assert Practice(city="Troy").postal_address == ""
    assert Practice(street="1 Main St", city="Troy", state="MI").postal_address == (
        "1 Main St, Troy, MI"
    )


@pytest.mark.parametrize("model", PUBLIC_MODELS, ids=lambda model: model.__name__)
def test_content_version_grows_with_every_edit(db, model):
    row = MAKE[model]()
    made = ContentVersion.current()

    row.save()
    saved = ContentVersion.current()
    row.delete()

    assert made < saved < ContentVersion.current()


def test_content_version_grows_when_the_sources_of_a_section_change(db):
    source = make_source()
    sources = make_section(source.article).sources
    versions = [ContentVersion.current()]

    for change, rows in ((sources.add, [source]), (sources.remove, [source]), (sources.clear, [])):
        change(*rows)
        versions.append(ContentVersion.current())

    assert versions == sorted(set(versions))


@pytest.mark.parametrize(
    ("field", "heading"),
    [("clinicians", "Our clinicians"), ("licences", "Licenses"), ("prices", "Prices")],
)
def test_footer_shows_each_filled_field_of_the_practice(client, db, field, heading):
    make_practice()
    without = client.get("/").text
    make_practice(**{field: "First <b>\nSecond"})

    page = client.get("/").text

    assert heading not in without
    assert f'<p class="foot-head">{heading}</p><p>First &lt;b&gt;<br>Second</p>' in page


@pytest.mark.parametrize(
    ("e164", "shown"),
    [("+12485550123", "(248) 555-0123"), ("+442079460000", "+44 20 7946 0000"), ("?", "?")],
)
def test_phone_national(e164, shown):
    assert phone.national(e164) == shown

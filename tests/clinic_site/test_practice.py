import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError

from clinic_site import phone
from clinic_site.models import ContentVersion, Practice
from tests.factories import make_practice


def test_practice_phone_is_kept_as_e164_and_shown_the_american_way(db):
    practice = Practice(name="Lake Clinic", phone="248.555.0123")

    practice.full_clean()

    assert (practice.phone, practice.phone_national) == ("+12485550123", "(248) 555-0123")


def test_practice_refuses_a_phone_that_is_none():
    with pytest.raises(ValidationError, match="Enter a phone number"):
        Practice(phone="call me").full_clean()


def test_practice_refuses_an_unknown_zone():
    with pytest.raises(ValidationError, match="America/Detroit"):
        Practice(time_zone="Detroit").full_clean()


def test_practice_phone_changes_everywhere_at_once(client, starter):
    practice = Practice.objects.get()
    practice.phone = "+12485559999"
    practice.save()

    for path in ("/", "/guides/back-spasm-treatment/", "/treatments/", "/ebooks/", "/privacy/"):
        page = client.get(path).text
        assert "(248) 555-9999" in page
        assert "844-2665" not in page


def test_practice_is_remembered_while_the_database_is_away(db, monkeypatch):
    make_practice(name="Lake Clinic")
    Practice.load()

    def away(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(Practice.objects, "filter", away)

    assert Practice.load().name == "Lake Clinic"
    assert Practice.remembered().name == "Lake Clinic"


def test_practice_address_is_empty_until_it_is_known():
    assert Practice(city="Troy").postal_address == ""
    assert Practice(street="1 Main St", city="Troy", state="MI").postal_address == (
        "1 Main St, Troy, MI"
    )


def test_content_version_moves_with_every_edit(db):
    before = ContentVersion.current()

    make_practice()

    assert ContentVersion.current() > before


@pytest.mark.parametrize(
    ("e164", "shown"),
    [("+12485550123", "(248) 555-0123"), ("+442079460000", "+44 20 7946 0000"), ("?", "?")],
)
def test_phone_national(e164, shown):
    assert phone.national(e164) == shown

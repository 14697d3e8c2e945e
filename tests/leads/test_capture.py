import pytest
from django.db import models
from django.utils import timezone

from leads import capture, mail
from leads.models import Consent, ConsultationRequest, EbookSignup
from tests.factories import make_practice


def signup():
    return EbookSignup(first_name="Ann", email="ann@example.com", email_key="ann@example.com")


def request(**changes):
    fields = {"name": "Ann", "phone": "+12485550123", "phone_typed": "(248) 555-0123"}
    fields |= {"email": "ann@example.com", "best_time": "any", "voicemail_ok": True}
    return ConsultationRequest(**fields | changes)


@pytest.mark.parametrize(
    "store",
    [
        lambda: capture.store_signup(signup(), news_wording="Send me news."),
        lambda: capture.store_request(request(), voicemail_wording="You may."),
    ],
    ids=["signup", "request"],
)
def test_lead_and_mail_are_stored_together_or_not_at_all(db, monkeypatch, store):
    def crash(**kwargs):
        raise RuntimeError

    make_practice()
    monkeypatch.setattr(mail, "queue", crash)

    with pytest.raises(RuntimeError):
        store()

    kinds = (EbookSignup, ConsultationRequest, Consent)
    assert [kind.objects.count() for kind in kinds] == [0, 0, 0]


@pytest.mark.parametrize("name", ConsultationRequest.posted_fields())
def test_request_that_differs_in_any_field_is_another(name):
    field = ConsultationRequest._meta.get_field(name)
    value = getattr(request(), name)
    changed = not value if isinstance(field, models.BooleanField) else f"{value} x9"
    now = timezone.now()

    assert capture.digest(request(**{name: changed}), now) != capture.digest(request(), now)


@pytest.mark.parametrize(
    "same",
    [
        {"phone_typed": "248.555.0123"},
        {"email": "Ann@Example.com"},
        {"page": "/", "suspicion": "there is a link in the name"},
    ],
)
def test_request_that_differs_only_in_spelling_is_the_same(same):
    now = timezone.now()

    assert capture.digest(request(**same), now) == capture.digest(request(), now)

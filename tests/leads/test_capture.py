"""A lead, what was agreed to and its mail are one: all of it is written, or nothing."""

import pytest

from leads import capture, mail
from leads.models import Consent, ConsultationRequest, EbookSignup
from tests.factories import make_practice

SIGNUP = {"first_name": "Ann", "email": "ann@example.com", "news_wording": "Send me news."}
REQUEST = {
    "name": "Ann",
    "phone": "+12485550123",
    "phone_typed": "(248) 555-0123",
    "email": "ann@example.com",
    "best_time": "any",
    "note": "",
    "voicemail_wording": "You may.",
}


@pytest.mark.parametrize(
    ("take", "typed"), [(capture.take_signup, SIGNUP), (capture.take_request, REQUEST)]
)
def test_lead_and_mail_are_taken_together_or_not_at_all(db, monkeypatch, take, typed):
    def crash(**kwargs):
        raise RuntimeError

    make_practice()
    monkeypatch.setattr(mail, "queue", crash)

    with pytest.raises(RuntimeError):
        take(**typed)

    models = (EbookSignup, ConsultationRequest, Consent)
    assert [model.objects.count() for model in models] == [0, 0, 0]

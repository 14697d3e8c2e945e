import pytest
from django.core.management import call_command

from leads.models import ConsultationRequest
from tests.factories import make_practice, make_request, make_signup
from tests.leads.news_factories import ADDRESS


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.", **ADDRESS)


def test_erase_person_command_prints_counts_and_finds_requests_by_phone(capsys):
    make_signup()
    make_request(digest="1")
    make_request(digest="2", email="")
    make_request(digest="3", email="spouse@example.com")

    call_command("erase_person", "ann@example.com")

    assert capsys.readouterr().out == (
        "requests by phone: 1\nrequests: 1\nsign-ups: 1\nmails: 0\nbounces: 0\n"
    )
    assert ConsultationRequest.objects.get().email == "spouse@example.com"

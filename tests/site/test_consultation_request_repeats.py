"""A consultation request that is sent twice is stored once; a changed one is stored again."""

import pytest

from leads.models import ConsultationRequest, OutgoingMail
from tests.factories import make_practice
from tests.site.consultation_form import GOOD


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


def test_consultation_request_sent_twice_is_stored_once(client, time_machine):
    time_machine.move_to("2026-11-23T10:59:59+00:00", tick=False)
    client.post("/consultation/", GOOD)
    time_machine.move_to("2026-11-23T11:00:01+00:00", tick=False)
    again = client.post("/consultation/", GOOD)

    assert again.status_code == 303
    assert ConsultationRequest.objects.count() == 1
    assert OutgoingMail.objects.count() == 2


def test_consultation_request_sent_again_with_capitals_is_stored_once(client):
    client.post("/consultation/", GOOD)
    client.post("/consultation/", GOOD | {"email": "Ann@Example.com"})

    assert ConsultationRequest.objects.get().email == "ann@example.com"
    assert OutgoingMail.objects.count() == 2


def test_consultation_request_sent_again_the_next_day_is_stored_again(client, time_machine):
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)
    client.post("/consultation/", GOOD)
    time_machine.move_to("2026-11-24T10:00:00+00:00", tick=False)
    client.post("/consultation/", GOOD)

    assert ConsultationRequest.objects.count() == 2


def test_consultation_request_sent_again_by_a_person_is_no_longer_held_back(client):
    client.post("/consultation/", GOOD | {"website": "x"})

    client.post("/consultation/", GOOD)

    assert ConsultationRequest.objects.get().suspicion == ""
    assert OutgoingMail.objects.count() == 2


def test_consultation_request_sent_again_by_a_bot_stays_held_back(client):
    client.post("/consultation/", GOOD | {"website": "x"})

    client.post("/consultation/", GOOD | {"website": "y"})

    assert ConsultationRequest.objects.get().suspicion == "the hidden field was filled in"
    assert OutgoingMail.objects.count() == 0


def test_consultation_request_sent_again_with_the_voicemail_box_is_stored_again(client):
    without_box = {name: value for name, value in GOOD.items() if name != "voicemail_ok"}
    client.post("/consultation/", without_box)
    client.post("/consultation/", GOOD)

    requests = ConsultationRequest.objects.order_by("pk")
    assert [(each.voicemail_ok, each.consents.count()) for each in requests] == [
        (False, 0),
        (True, 1),
    ]


@pytest.mark.parametrize(
    ("again", "count"), [("11:00:01", 1), ("11:00:02", 2), ("11:59:59", 2), ("12:00:00", 2)]
)
def test_consultation_request_counts_as_a_repeat_for_an_hour(client, time_machine, again, count):
    time_machine.move_to("2026-11-23T10:00:02+00:00", tick=False)
    client.post("/consultation/", GOOD)
    time_machine.move_to(f"2026-11-23T{again}+00:00", tick=False)
    client.post("/consultation/", GOOD)

    assert ConsultationRequest.objects.count() == count

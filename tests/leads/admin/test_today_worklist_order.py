from datetime import UTC, datetime, timedelta

import pytest

from leads.admin.today import worklist
from tests.admin_pages import page_text
from tests.factories import make_practice, make_request

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def names(requests):
    return [request.name for request in requests]


def test_worklist_puts_the_longest_waiting_first(db):
    make_request(name="New", received_at=MORNING - timedelta(hours=1))
    make_request(name="Old", digest="d2", received_at=MORNING - timedelta(days=2))

    assert names(worklist(MORNING)) == ["Old", "New"]


def test_worklist_puts_the_tried_after_those_never_tried(db):
    make_request(name="Tried", status="tried", received_at=MORNING - timedelta(days=9))
    make_request(name="New", digest="d2", received_at=MORNING)

    assert names(worklist(MORNING)) == ["New", "Tried"]


def test_worklist_puts_a_person_just_tried_last(db):
    just = make_request(name="Just", status="tried", received_at=MORNING - timedelta(days=9))
    make_request(name="No word", status="tried", digest="d2", received_at=MORNING)
    older = make_request(name="Older", status="tried", digest="d3", received_at=MORNING)
    for request, hours in ((older, 50), (older, 3), (just, 30), (just, 1)):
        request.events.create(what="Tried", at=MORNING + timedelta(hours=9 - hours))

    assert names(worklist(MORNING)) == ["No word", "Older", "Just"]


@pytest.mark.parametrize(
    ("hour", "first"), [(11, "Morning"), (12, "Afternoon"), (16, "Afternoon"), (17, "Evening")]
)
def test_worklist_puts_those_first_who_can_be_called_now(db, hour, first):
    for age, wish in enumerate(("evening", "afternoon", "morning")):
        received_at = MORNING - timedelta(days=9 - age)
        make_request(name=wish.title(), best_time=wish, digest=wish, received_at=received_at)

    assert names(worklist(MORNING.replace(hour=hour)))[0] == first


@pytest.mark.parametrize(
    ("moment", "is_good"),
    [
        (MORNING.replace(hour=7, minute=59), False),
        (MORNING.replace(hour=8), True),
        (MORNING.replace(hour=19, minute=59), True),
        (MORNING.replace(hour=20), False),
        (MORNING.replace(hour=2), False),
        (MORNING + timedelta(days=5), False),  # Saturday
        (MORNING + timedelta(days=6), False),
        (MORNING + timedelta(days=7), True),
    ],
)
def test_worklist_marks_nobody_good_now_at_night_or_on_weekends(db, moment, is_good):
    make_request(best_time="any")

    assert [row.is_good_now for row in worklist(moment)] == [int(is_good)]


@pytest.mark.parametrize("hour", [12, 3])
def test_today_uses_the_time_zone_of_the_practice(desk, time_machine, hour):
    """It is 12:00 or 3:00 in Honolulu, on a Monday."""
    make_practice(time_zone="Pacific/Honolulu")
    make_request(best_time="any")
    time_machine.move_to(datetime(2026, 11, 23, hour + 10, tzinfo=UTC), tick=False)

    words = page_text(desk.get("/admin/"))

    assert ("Any time good now" in words) is (hour == 12)
    assert ("nobody is marked “good now”" in words) is (hour == 3)


def test_worklist_puts_any_time_among_the_first(db):
    make_request(name="Evening", best_time="evening", received_at=MORNING - timedelta(days=2))
    make_request(name="Any", best_time="any", digest="d2", received_at=MORNING)

    assert names(worklist(MORNING)) == ["Any", "Evening"]


def test_worklist_leaves_out_finished_and_held_back_requests(db):
    for status in ("reached", "booked", "closed"):
        make_request(status=status, digest=status)
    make_request(suspicion="there is a link in the name")
    make_request(name="Tried", status="tried", digest="d2")

    assert names(worklist(MORNING)) == ["Tried"]

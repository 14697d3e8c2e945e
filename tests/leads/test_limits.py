from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from leads import limits
from leads.models import Attempt, ConsultationRequest, EbookSignup, OutgoingMail
from tests.factories import make_practice

SIGNUP = {"first_name": "Ann", "email": "ann@example.com", "page": "/ebooks/"}
REQUEST = {"name": "Ann", "phone": "2485550123", "best_time": "any"}


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


@pytest.fixture
def _noon(time_machine):
    time_machine.move_to("2026-11-23T12:00:30+00:00", tick=False)


def is_taken(response) -> bool:
    """Whether a sign-up was taken: the answer redirects to the library."""
    return response.status_code == 303 and response["Location"].startswith("/ebooks/library/")


def fill(limit, visitor_key_of, count):
    """Stores that the test client made `count` posts in this hour."""
    now = timezone.now()
    Attempt.objects.update_or_create(
        kind=f"{limit.kind} by client",
        key=visitor_key_of(now),
        hour=limits.hour_of(now),
        defaults={"count": count},
    )


@pytest.fixture
def key_of(rf):
    return lambda now: limits.visitor.visitor_key(rf.get("/"), now.date())


@pytest.mark.parametrize(
    ("path", "fields", "limit"),
    [
        ("/ebooks/", SIGNUP, limits.SIGNUP),
        ("/consultation/", REQUEST, limits.REQUEST),
        ("/ebooks/link/", {"email": "ann@example.com"}, limits.NEW_LINK),
    ],
)
@pytest.mark.usefixtures("_noon")
def test_limits_refuse_a_client_over_its_posts_an_hour(client, key_of, path, fields, limit):
    fill(limit, key_of, limit.per_client - 1)

    assert client.post(path, fields).status_code == 303
    response = client.post(path, fields)

    assert (response.status_code, response["Retry-After"]) == (429, "3571")
    assert "(248) 555-0123" in response.text


def test_limits_leave_room_for_many_people_behind_one_ip_address():
    assert [limit.per_client for limit in (limits.SIGNUP, limits.REQUEST, limits.NEW_LINK)] == [
        300,
        120,
        300,
    ]


@pytest.mark.usefixtures("_noon")
def test_limits_count_each_client_and_each_hour_by_itself(client, key_of, time_machine):
    fill(limits.SIGNUP, key_of, 300)

    assert "sent many times" in client.post("/ebooks/", SIGNUP).text
    assert is_taken(client.post("/ebooks/", SIGNUP, REMOTE_ADDR="203.0.113.9"))
    time_machine.move_to("2026-11-23T13:00:00+00:00", tick=False)
    assert is_taken(client.post("/ebooks/", SIGNUP))


@pytest.mark.usefixtures("_noon")
def test_limits_refuse_the_eleventh_different_signup_of_an_address_in_an_hour(client):
    answers = [
        client.post("/ebooks/", SIGNUP | {"first_name": f"Ann {n}"}, REMOTE_ADDR=f"203.0.113.{n}")
        for n in range(11)
    ]

    assert [is_taken(answer) for answer in answers] == [True] * 10 + [False]
    assert "sent many times" in answers[-1].text


@pytest.mark.parametrize("changes", [{"email": ""}, {"phone": "", "email": "Ann@Example.com"}])
@pytest.mark.usefixtures("_noon")
def test_limits_refuse_the_31st_different_request_of_a_person_in_an_hour(
    client, time_machine, changes
):
    statuses = []
    for n in range(31):
        statuses.append(
            client.post("/consultation/", REQUEST | changes | {"note": f"{n}"}).status_code
        )
        time_machine.shift(timedelta(seconds=60))

    assert statuses == [303] * 30 + [429]
    assert ConsultationRequest.objects.count() == 30


@pytest.mark.usefixtures("_noon")
def test_limits_answer_a_repeat_as_the_first_time_even_over_the_limit(client):
    for n in range(11):
        client.post("/ebooks/", SIGNUP | {"first_name": f"Ann {n}"})

    assert is_taken(client.post("/ebooks/", SIGNUP | {"first_name": "Ann 3"}))
    assert "sent many times" in client.post("/ebooks/", SIGNUP | {"first_name": "Ann 10"}).text


@pytest.mark.usefixtures("_noon")
def test_limits_refuse_a_post_that_is_repeated_too_often(client):
    statuses = [client.post("/consultation/", REQUEST).status_code for _ in range(61)]

    assert statuses == [303] * 60 + [429]
    assert ConsultationRequest.objects.count() == 1


@pytest.mark.usefixtures("_noon")
def test_limits_write_nothing_for_a_refused_post(client, key_of):
    fill(limits.REQUEST, key_of, 120)

    client.post("/consultation/", REQUEST)

    assert list(Attempt.objects.values_list("kind", "count")) == [("request by client", 120)]
    assert (ConsultationRequest.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_limits_do_not_count_a_form_with_errors(client):
    client.post("/ebooks/", SIGNUP | {"email": "ann"})

    assert Attempt.objects.count() == 0


@pytest.mark.usefixtures("_noon")
def test_limits_never_refuse_a_get(client, key_of):
    for limit in (limits.SIGNUP, limits.REQUEST, limits.NEW_LINK):
        fill(limit, key_of, 999)

    for path in ("/ebooks/", "/consultation/", "/ebooks/link/"):
        page = client.get(path)
        assert (page.status_code, "sent many times" in page.text) == (200, False)


def test_limits_store_only_hashes(client):
    client.post("/ebooks/", SIGNUP, REMOTE_ADDR="203.0.113.7")

    stored = str(list(Attempt.objects.values()))
    assert Attempt.objects.count() == 3  # by client, by content, by address
    assert [word for word in ("203.0.113", "ann", "Ann", "example") if word in stored] == []


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)])
@pytest.mark.usefixtures("_noon")
def test_limits_start_at_zero_after_the_clock_jumps(client, key_of, time_machine, jump):
    fill(limits.SIGNUP, key_of, 300)
    noon = timezone.now()

    time_machine.move_to(noon + jump, tick=False)
    assert is_taken(client.post("/ebooks/", SIGNUP))
    fill(limits.SIGNUP, key_of, 300)
    time_machine.move_to(noon + timedelta(hours=1), tick=False)
    assert is_taken(client.post("/ebooks/", SIGNUP))


@pytest.mark.usefixtures("_noon")
def test_daily_deletes_the_counts_of_yesterday_and_of_the_future():
    now = timezone.now()
    for hours in (-25, -1, 0, 1):
        hour = limits.hour_of(now) + timedelta(hours=hours)
        Attempt.objects.create(kind=f"at {hours}", key="k", hour=hour, count=1)

    call_command("daily", stdout=StringIO())

    assert set(Attempt.objects.values_list("kind", flat=True)) == {"at -1", "at 0"}


def test_limits_do_not_count_a_post_that_could_not_be_stored(client, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("leads.capture.store_signup", crash)
    client.raise_request_exception = False

    assert client.post("/ebooks/", SIGNUP).status_code == 500
    assert (Attempt.objects.count(), EbookSignup.objects.count()) == (0, 0)


def test_suspicion_is_found_before_the_transaction_starts(client, db, monkeypatch):
    depths = []
    outside = len(connection.savepoint_ids)

    def find_reasons(**typed):
        depths.append(len(connection.savepoint_ids) - outside)
        return ""

    monkeypatch.setattr("leads.suspicion.reasons.find_reasons", find_reasons)

    client.post("/ebooks/", {"first_name": "Ann", "email": "ann@example.com"})
    client.post("/consultation/", {"name": "Ann", "phone": "(248) 555-0123", "best_time": "any"})

    assert depths == [0, 0]

"""After the clock was ahead and is set back, people can sign up and log in, and mail is sent."""

from datetime import datetime

import pytest
from django.contrib.auth import get_user_model
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from leads import links
from leads.delivery import outbox
from leads.models import ConsultationRequest, EbookSignup, OutgoingMail
from tests.factories import make_practice, make_signup

SIGNUP = {"first_name": "Ann", "email": "ann@example.com"}
REQUEST = {"name": "Ann", "phone": "2485550123", "email": "ann@example.com", "best_time": "any"}
NOW = "2026-11-23T10:00:00+00:00"
A_DAY_AHEAD = "2026-11-24T10:00:00+00:00"
A_YEAR_AHEAD = "2027-11-23T10:00:00+00:00"

ahead = pytest.mark.parametrize("ahead", [A_DAY_AHEAD, A_YEAR_AHEAD])


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice()


def send_and_count() -> int:
    """Lets the worker send all mails that are due, and counts the mails that were sent so far."""
    while outbox.deliver_one():
        pass
    return OutgoingMail.objects.filter(state=OutgoingMail.State.SENT).count()


@ahead
def test_signups_before_and_after_the_clock_is_set_back_are_taken(
    client, time_machine, ahead, report
):
    time_machine.move_to(ahead)
    before = client.post("/ebooks/", SIGNUP)
    time_machine.move_to(NOW)

    after = client.post("/ebooks/", SIGNUP)

    opened = [client.get(response["Location"]).status_code for response in (before, after)]
    mails = send_and_count()
    report(f"clock at {ahead[:10]}, then set back: 2 sign-ups, libraries {opened}, {mails} mails")
    assert [response.status_code for response in (before, after)] == [303, 303]
    assert EbookSignup.objects.count() == 1
    assert (opened, mails) == ([200, 200], 2)


@ahead
def test_requests_before_and_after_the_clock_is_set_back_are_taken(
    client, time_machine, ahead, report
):
    statuses = []
    for moment in (ahead, NOW):
        time_machine.move_to(moment)
        statuses.append(client.post("/consultation/", REQUEST).status_code)

    rows, mails = ConsultationRequest.objects.count(), send_and_count()
    report(f"clock at {ahead[:10]}, then set back: requests {statuses}, {rows} rows, {mails} mails")
    assert (statuses, rows) == ([303, 303], 2)
    assert mails == 4  # a receipt and an alert each


@ahead
def test_a_new_link_is_mailed_after_the_clock_is_set_back(client, time_machine, ahead, report):
    time_machine.move_to(ahead)
    make_signup()
    for _ in range(3):
        client.post("/ebooks/link/", {"email": "ann@example.com"})
    before = send_and_count()
    time_machine.move_to(NOW)

    client.post("/ebooks/link/", {"email": "ann@example.com"})

    mails = send_and_count() - before
    report(f"clock at {ahead[:10]}, then set back: {mails} of 1 new links mailed")
    assert (before, mails) == (1, 1)


@pytest.mark.parametrize(
    ("path_of", "heading"),
    [(links.library_path, "Your ebooks"), (links.my_data_path, "Erase my data")],
)
def test_links_of_a_clock_ahead_open_after_it_is_set_back(
    client, time_machine, report, path_of, heading
):
    time_machine.move_to(A_YEAR_AHEAD)
    path = path_of(make_signup())
    time_machine.move_to(NOW)

    page = client.get(path)

    report(f"a link of a clock a year ahead ({path_of.__name__}): {page.status_code}")
    assert page.status_code == 200
    assert heading in page.text


def test_codes_of_staff_are_taken_after_the_clock_is_set_back(client, time_machine, report):
    """While the clock is ahead, every code is wrong, because the phones of staff are right."""
    owner = get_user_model().objects.create_superuser("owner")
    device = TOTPDevice.objects.create(user=owner, confirmed=True)
    code = TOTP(device.bin_key)
    code.time = datetime.fromisoformat(NOW).timestamp()
    statuses = []
    for moment in (A_DAY_AHEAD, NOW):
        time_machine.move_to(moment)
        client.force_login(owner)
        response = client.post("/admin/second-factor/check/", {"code": f"{code.token():06}"})
        statuses.append(response.status_code)

    report(f"a code while the clock is a day ahead, and after: {statuses}")
    assert statuses == [200, 302]
    assert client.get("/admin/").context["user"] == owner

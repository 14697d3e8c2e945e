"""The admin says things in the words of the staff, not in Django's."""

from datetime import UTC, datetime

import pytest

from tests.admin_pages import column, page_text
from tests.factories import make_request


@pytest.mark.parametrize(
    ("model", "titles"),
    [
        ("consultationrequest", ["whether held back", "status", "best time", "received"]),
        ("ebooksignup", ["whether held back", "status", "received"]),
        ("outgoingmail", ["state", "queued"]),
        ("bounce", ["reason", "day"]),
        ("accessrecord", ["what", "day"]),
    ],
)
def test_filters_have_plain_names(owner, model, titles):
    response = owner.get(f"/admin/leads/{model}/")

    assert [spec.title for spec in response.context["cl"].filter_specs] == titles


def test_list_can_be_filtered_by_a_moment_in_the_address(owner):
    make_request(name="Old", received_at=datetime(2026, 1, 2, tzinfo=UTC))
    make_request(name="New", digest="d2")

    response = owner.get(
        "/admin/leads/consultationrequest/?received_at__gte=2026-02-01 00:00:00%2B00:00"
    )

    assert column(response, "name") == ["New"]


def test_dates_are_written_in_one_way(desk):
    request = make_request(received_at=datetime(2025, 11, 23, 15, 5, tzinfo=UTC))
    path = "/admin/leads/consultationrequest/"

    listed, page = desk.get(path), desk.get(f"{path}{request.pk}/change/")

    assert column(listed, "received") == ["Nov 23, 2025, 10:05 AM"]
    assert "Received at: Nov 23, 2025, 10:05 AM" in page_text(page)


def test_apps_of_django_and_libraries_have_plain_names(owner):
    words = page_text(owner.get("/admin/"))

    assert "Authentication and Authorization" not in words
    assert [name in words for name in ("Logins", "backup codes", "phones")] == [True] * 3


def test_logout_says_what_it_did(desk):
    words = page_text(desk.post("/admin/logout/"))

    assert "Nobody can open the admin from here now without the password. Log in again" in words

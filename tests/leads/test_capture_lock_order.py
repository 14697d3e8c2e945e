"""A sign-up and a wish for a new link by one address at once lock in one order (PostgreSQL)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from leads import capture
from leads.models import EbookSignup
from tests.factories import make_practice, make_signup

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"
    ),
]


def post(number: int) -> None:
    try:
        if number % 2:
            capture.renew_link(email="ann@example.com")
        else:
            capture.take_signup(first_name="Ann", email="ann@example.com")
    finally:
        connection.close()


def test_signup_and_new_link_do_not_wait_for_each_other():
    make_practice()
    make_signup()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(post, range(36)))  # raises what a thread has raised

    assert EbookSignup.objects.count() == 1

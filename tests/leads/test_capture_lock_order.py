"""A sign-up and a request for a new link lock in the same order, so they cannot deadlock."""

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
    posted = EbookSignup(first_name="Ann", email="ann@example.com", email_key="ann@example.com")
    try:
        if number % 2:
            capture.renew_link(posted)
        else:
            capture.store_signup(posted)
    finally:
        connection.close()


def test_signup_and_new_link_of_one_address_do_not_deadlock():
    make_practice()
    make_signup()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(post, range(36)))  # list() raises the error of a thread

    assert EbookSignup.objects.count() == 1

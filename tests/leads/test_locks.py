import threading

import pytest
from django.db import connection, transaction

from leads import locks

on_postgresql = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"
)


def take_in_a_thread(name: str, taken: list[str]) -> threading.Thread:
    def take():
        with transaction.atomic():
            locks.wait_for(name)
            taken.append(name)
        connection.close()

    thread = threading.Thread(target=take)
    thread.start()
    return thread


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_lock_is_held_until_the_transaction_ends():
    taken: list[str] = []

    with transaction.atomic():
        locks.wait_for("one")
        other = take_in_a_thread("two", taken)
        same = take_in_a_thread("one", taken)
        other.join(10)
        same.join(0.5)
        assert taken == ["two"]
    same.join(10)

    assert taken == ["two", "one"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL needs the lock")
def test_lock_costs_no_query_on_sqlite(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        locks.wait_for("one")

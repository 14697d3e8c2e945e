"""Posts at the same time count each other's mails, so a mailbox gets at most three a day."""

import threading

import pytest
from django.db import connection, transaction

from leads import mail
from tests.factories import make_mail, make_practice

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"
    ),
]


def asks(found: list) -> threading.Thread:
    def ask():
        with transaction.atomic():
            found.append(mail.may_mail(kind="request_receipt", to_key="ann@example.com"))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_mail_limit_waits_for_another_post_that_may_queue_a_mail():
    make_practice()
    for number in range(2):
        make_mail(message_id=f"<{number}@example.com>")
    found: list[bool] = []
    with transaction.atomic():
        assert mail.may_mail(kind="request_receipt", to_key="ann@example.com")
        other = asks(found)
        other.join(0.5)
        assert found == []  # it waits for this transaction
        make_mail(message_id="<third@example.com>", kind="request_receipt")

    other.join(10)

    assert found == [False]

"""Two people save one record at the same moment (promise 31)."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from tests.admin_pages import form_fields, run_action
from tests.factories import make_article, make_request, make_testimonial

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"
    ),
]


def hold(row, is_held, **changes):
    """Changes the row in a transaction that commits only after the other person's post arrived."""
    try:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**changes)
            is_held.set()
            time.sleep(1)
    finally:
        connection.close()


def save_notes(client, request):
    url = f"/admin/leads/consultationrequest/{request.pk}/change/"
    fields = form_fields(client.get(url)) | {"notes": "Mine"}
    return lambda: client.post(url, fields)


def publish(client, article):
    return lambda: run_action(client, "/admin/articles/article/", "publish", article)


def revoke(client, testimonial):
    return lambda: run_action(client, "/admin/leads/testimonial/", "revoke", testimonial)


@pytest.mark.parametrize(
    ("row", "act", "theirs"),
    [
        (make_request, save_notes, {"status": "booked"}),
        (lambda: make_article(published_at=None), publish, {"title": "Theirs"}),
        (make_testimonial, revoke, {"position": 7}),
    ],
    ids=["form", "publish", "revoke"],
)
def test_what_is_being_saved_is_waited_for(row, act, theirs):
    row, client, is_held = row(), Client(), threading.Event()
    client.force_login(User.objects.create_superuser("owner"))
    mine = act(client, row)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(hold, row, is_held, **theirs)
        is_held.wait(5)
        assert mine().status_code in {200, 302}
        other.result()

    assert type(row).objects.filter(pk=row.pk, **theirs).count() == 1

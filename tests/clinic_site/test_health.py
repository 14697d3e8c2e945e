import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from clinic_site.models import ContentVersion, Heartbeat
from tests.factories import make_mail


def ask(client, path="/readyz"):
    """Returns status, text, and whether caches must not keep the answer."""
    response = client.get(path)
    return response.status_code, response.text, "no-store" in response["Cache-Control"]


def test_healthz_reads_no_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ask(client, "/healthz") == (200, "ok\n", True)


def test_readyz_writes_a_row_and_empties_no_page_cache(client, db):
    before = ContentVersion.current()

    assert ask(client) == (200, "ready\n", True)
    first = Heartbeat.objects.get().at
    assert ask(client) == (200, "ready\n", True)

    assert Heartbeat.objects.get().at > first
    assert ContentVersion.current() == before


HOSTS = [
    "10.0.0.5", "10.0.0.5:8000", "[::1]", "[2001:db8::1]:8000", "web-1", "evil.example", "a b", "",
    "[broken", "under_score", "ann@host", "host:port",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_probes_answer_under_any_host(client, db, settings, host):
    settings.SECURE_SSL_REDIRECT = True

    answers = [client.get(path, headers={"host": host}) for path in ("/healthz", "/readyz")]

    assert [(a.status_code, a.text) for a in answers] == [(200, "ok\n"), (200, "ready\n")]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/robots.txt", "/healthz/", "/readyz/x", "/Healthz", "/x"])
def test_no_other_page_answers_under_any_host(client, db, path, host):
    response = client.get(path, headers={"host": host})

    assert response.status_code == 400
    assert "We could not read that request" in response.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_refuse_post_and_answer_head(db, path):
    client = Client(enforce_csrf_checks=True)

    assert (client.post(path).status_code, client.post(path)["Allow"]) == (405, "GET, HEAD")
    assert (client.head(path).status_code, client.head(path).text) == (200, "")


@pytest.mark.parametrize("words", ["database is locked", "attempt to write a readonly database"])
def test_readyz_is_503_when_nothing_can_be_written(client, db, monkeypatch, words):
    def trouble(*args, **kwargs):
        raise OperationalError(words)

    monkeypatch.setattr(Heartbeat.objects, "bulk_create", trouble)
    monkeypatch.setattr("clinic_site.models.Heartbeat.objects", Heartbeat.objects)

    assert ask(client) == (503, "not ready: the database takes nothing\n", True)
    assert client.get("/readyz")["Retry-After"] == "30"
    assert connection.close_at <= time.monotonic()
    assert client.get("/healthz").status_code == 200


READY = (200, "ready\n", True)
MAIL_WAITS = (503, "not ready: mail has waited for over 15 minutes\n", True)


@pytest.mark.parametrize(
    ("age", "changes", "answer"),
    [
        (14, {}, READY),
        (16, {}, MAIL_WAITS),
        (16, {"state": "sent"}, READY),
        (16, {"state": "failed"}, READY),
        (600, {"attempts": 5}, READY),
        (600, {"attempts": 5, "due_at": timedelta(minutes=-14)}, READY),
        (600, {"attempts": 5, "due_at": timedelta(minutes=-16)}, MAIL_WAITS),
        (600, {"attempts": 5, "due_at": timedelta(minutes=60)}, READY),
    ],
)
def test_readyz_is_503_when_no_worker_takes_the_mail(client, db, age, changes, answer):
    now = timezone.now()
    due_at = now + changes.pop("due_at", timedelta())
    make_mail(queued_at=now - timedelta(minutes=age), **changes | {"due_at": due_at})

    assert ask(client) == answer


def test_readyz_says_that_mail_has_waited(client, db):
    make_mail(due_at=timezone.now() - timedelta(minutes=16))

    assert ask(client) == (503, "not ready: mail has waited for over 15 minutes\n", True)

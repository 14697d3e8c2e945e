import threading

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    OperationalError,
    connection,
    connections,
)

from clinic_site.models import ContentVersion
from clinic_site.web.page_cache.version_watch import Known, Look, VersionWatch
from tests.clinic_site.web.page_cache.edge import LONG_SECONDS, result, until


def break_database(edge, monkeypatch, error=OperationalError):
    def look():
        edge.looks += 1
        raise error

    monkeypatch.setattr(edge.watch, "current", look)


def test_version_is_looked_at_once_for_all_requests_of_a_moment(edge):
    edge.get()
    for _ in range(20):
        edge.get()

    assert edge.looks == 1


def test_version_is_looked_at_beside_requests_that_know_enough(edge):
    edge.get()
    edge.version, edge.now = 2, 0.1

    edge.get()
    until(lambda: edge.watch.known.version == 2)

    assert edge.looks == 2


def test_pages_stay_readable_while_the_database_is_away(edge, monkeypatch):
    edge.get()
    break_database(edge, monkeypatch)
    edge.now = 600.0

    assert edge.get()["body"] == edge.words
    assert edge.renders == 1


def test_pages_that_were_edited_before_the_database_went_away_are_not_shown(edge, monkeypatch):
    edge.get("/withdrawn/")
    edge.version, edge.now = 2, 1.0
    edge.get("/other/")
    break_database(edge, monkeypatch)
    edge.now, edge.status = 600.0, "503 Service Unavailable"

    assert edge.get("/withdrawn/")["status"] == "503 Service Unavailable"
    assert edge.get("/other/")["status"] == "200 OK"


def test_pages_are_rendered_anew_once_the_database_is_back(edge, monkeypatch):
    edge.get()
    with monkeypatch.context() as trouble:
        break_database(edge, trouble, DatabaseError)
        edge.now = 600.0
        edge.get()

    edge.now, edge.version = 602.0, 2

    assert edge.get()["body"] == edge.words
    assert edge.renders == 2


def test_trouble_of_the_night_is_no_reason_to_show_old_pages_in_the_morning(edge, monkeypatch):
    edge.get()
    with monkeypatch.context() as trouble:
        break_database(edge, trouble)
        edge.now = 1.0
        edge.get()

    edge.now, edge.version = 30_000.0, 2

    assert b"Rest. 2" in edge.get()["body"]


def test_readers_do_not_wait_for_a_look_that_hangs(edge, monkeypatch):
    edge.get()
    looking, released = threading.Event(), edge.holds.setdefault("look", threading.Event())

    def hang():
        looking.set()
        released.wait()
        return 1

    monkeypatch.setattr(edge.watch, "current", hang)
    edge.now = 600.0
    first = edge.ask()
    assert looking.wait(LONG_SECONDS)
    edge.now = 601.0

    assert edge.get()["body"] == edge.words
    assert result(first)["body"] == edge.words  # it waited for one second
    assert edge.renders == 1
    released.set()


def test_staff_wait_for_a_look_that_began_after_their_edit(edge, monkeypatch):
    edge.get()
    looking, released = threading.Event(), edge.holds.setdefault("look", threading.Event())

    def early():
        looking.set()
        released.wait()
        monkeypatch.setattr(edge.watch, "current", edge.look)
        return 1

    monkeypatch.setattr(edge.watch, "current", early)
    edge.now = 0.1
    edge.get()
    assert looking.wait(LONG_SECONDS)
    edge.version, edge.now = 2, 0.2
    staff = edge.ask(HTTP_CACHE_CONTROL="no-cache")
    released.set()

    assert b"Rest. 2" in result(staff)["body"]


def test_look_lets_go_of_a_connection_that_is_due(monkeypatch, transactional_db):
    events = []
    connection.ensure_connection()
    own = connections[DEFAULT_DB_ALIAS]
    monkeypatch.setattr(own, "close_at", 0.0)  # the connection is older than CONN_MAX_AGE
    monkeypatch.setattr(own, "close", lambda: events.append("closed"))

    VersionWatch(lambda: events.append("looked") or 7).finish(Look(began_at=0.0))

    assert events == ["closed", "looked"]


def test_version_is_that_of_the_database(transactional_db):
    ContentVersion.bump()
    watch = VersionWatch()

    watch.finish(Look(began_at=0.0))

    assert watch.known == Known(ContentVersion.current(), at=0.0)

"""Many readers ask for one page at the same moment, each in its own thread."""

import time

import pytest

from clinic_site.web.page_cache import cache
from tests.clinic_site.web.page_cache.edge import LONG_SECONDS, result

READERS = 32


def test_readers_of_an_expired_page_get_the_former_while_one_renders(edge):
    edge.get()
    edge.now, edge.body = 60.0, b"<p>Published by the clock</p>"
    rendering, released = edge.ask_and_hold()

    others = [edge.get()["body"] for _ in range(READERS)]
    released.set()

    assert (edge.renders, set(others)) == (2, {b"<p>Rest. 1</p>" * 100})
    assert result(rendering)["body"] == edge.get()["body"] == b"<p>Published by the clock</p>"


def test_readers_of_an_edited_page_get_the_former_for_less_than_a_second(edge):
    edge.get()
    edge.version, edge.now = 2, 0.9
    rendering, released = edge.ask_and_hold()

    assert b"Rest. 1" in edge.get()["body"]
    edge.now = 1.0  # one second after the last look, which found no edit
    late = [edge.ask() for _ in range(READERS)]
    edge.until_waiting(READERS)
    released.set()

    assert {result(answer)["body"] for answer in [rendering, *late]} == {edge.words}
    assert edge.renders == 2


def test_first_readers_of_a_quiet_morning_do_not_get_what_was_edited_at_night(edge):
    edge.get()
    edge.version, edge.now = 2, 30.0
    rendering, released = edge.ask_and_hold()
    others = [edge.ask() for _ in range(READERS)]
    edge.until_waiting(READERS)
    released.set()

    assert {result(answer)["body"] for answer in [rendering, *others]} == {edge.words}
    assert edge.renders == 2


def test_first_readers_of_a_quiet_morning_do_not_get_what_expired_at_night(edge):
    edge.get()
    edge.now, edge.body = 3600.0, b"<p>Published by the clock</p>"
    rendering, released = edge.ask_and_hold()
    others = [edge.ask() for _ in range(READERS)]
    edge.until_waiting(READERS)
    released.set()

    assert {result(answer)["body"] for answer in [rendering, *others]} == {edge.body}
    assert edge.renders == 2


def test_a_page_older_than_the_last_edit_but_one_is_not_shown(edge):
    edge.get("/old/")
    edge.version, edge.now = 2, 0.6
    edge.get("/other/")
    edge.version, edge.now = 3, 1.2
    edge.get("/other/")
    rendering, released = edge.ask_and_hold("/old/")

    other = edge.ask("/old/")
    edge.until_waiting(1)
    released.set()

    assert result(other)["body"] == result(rendering)["body"] == edge.words


def test_first_readers_ever_wait_for_one_render(edge):
    rendering, released = edge.ask_and_hold()
    others = [edge.ask() for _ in range(READERS)]
    edge.until_waiting(READERS)
    released.set()

    assert {result(answer)["body"] for answer in [rendering, *others]} == {edge.words}
    assert edge.renders == 1


def test_reader_who_came_as_the_render_ended_does_not_render_again(edge):
    edge.get()
    (key,) = edge.cache.pages

    assert edge.cache.join_or_begin(key, edge.now) == (False, None)


def test_readers_with_other_methods_ports_and_queries_wait_for_the_same_render(edge):
    rendering, released = edge.ask_and_hold(QUERY_STRING="a")
    head = edge.ask(method="HEAD", HTTP_HOST="H:8000", QUERY_STRING="b")
    edge.until_waiting(1)
    released.set()

    assert result(head)["body"] == b""
    assert result(head)["headers"] == result(rendering)["headers"]
    assert edge.renders == 1


def test_readers_of_another_page_do_not_wait(edge):
    edge.ask_and_hold("/slow/")[1].set()
    rendering, released = edge.ask_and_hold("/slow/other/")

    assert edge.get("/quick/")["body"] == edge.words
    assert not rendering.done()
    released.set()


def test_private_pages_are_rendered_at_the_same_time(edge):
    edge.is_public = False
    rendering, released = edge.ask_and_hold("/ebooks/library/token/")

    assert edge.get("/ebooks/library/token/")["body"] == edge.words
    assert not rendering.done()
    released.set()


def test_answers_for_one_reader_are_not_given_to_those_who_waited(edge):
    edge.headers = [("Content-Type", "text/html"), ("Cache-Control", "private, no-store")]
    rendering, released = edge.ask_and_hold(HTTP_COOKIE="a")
    other = edge.ask(HTTP_COOKIE="b")
    edge.until_waiting(1)
    released.set()

    result(rendering), result(other)

    assert sorted(environ["HTTP_COOKIE"] for environ in edge.asked)[-2:] == ["a", "b"]


def test_readers_share_one_answer_that_a_page_is_gone(edge):
    edge.get()
    edge.version, edge.now, edge.status = 2, 5.0, "404 Not Found"
    edge.headers = [("Content-Type", "text/html"), ("Cache-Control", "no-store")]
    rendering, released = edge.ask_and_hold()
    others = [edge.ask() for _ in range(READERS)]
    edge.until_waiting(READERS)
    released.set()

    found = [result(answer) for answer in [rendering, *others]]

    assert {(answer["status"], answer["body"]) for answer in found} == {(edge.status, edge.words)}
    assert (edge.renders, edge.cache.pages) == (2, {})


def test_withdrawn_page_is_gone_though_it_failed_in_between(edge):
    edge.get()
    edge.version, edge.now, edge.status = 2, 1.0, "500 Internal Server Error"
    failed = edge.get()

    assert (failed["status"], edge.get()["status"]) == (edge.status, edge.status)


@pytest.mark.parametrize("status", ["500 Internal Server Error", "503 Service Unavailable"])
def test_page_that_cannot_be_rendered_anew_stays_and_is_tried_each_second(edge, status):
    former = edge.get()
    edge.now, edge.status = 60.0, status

    assert edge.get() == edge.get() == former
    assert edge.renders == 2
    edge.now, edge.status = 61.0, "200 OK"
    assert edge.get()["status"] == "200 OK"
    assert edge.renders == 3


def test_render_that_raises_leaves_none_waiting(edge):
    edge.status = ValueError()
    rendering, released = edge.ask_and_hold()
    other = edge.ask()
    edge.until_waiting(1)
    edge.status = "200 OK"
    released.set()

    with pytest.raises(ValueError):
        result(rendering)
    assert result(other)["body"] == edge.words
    assert edge.cache.renders == {}


def test_render_across_an_edit_is_not_kept_and_not_shown(edge):
    early, released = edge.ask_and_hold()
    edge.version, edge.now = 2, 1.0

    after = edge.get()
    released.set()

    assert after["body"] == result(early)["body"] == edge.words
    assert edge.get()["body"] == edge.words
    assert edge.renders == 2


def test_render_across_an_edit_does_not_end_the_one_that_came_after(edge):
    early, released_early = edge.ask_and_hold()
    edge.version, edge.now = 2, 1.0
    later, released_later = edge.ask_and_hold()
    released_early.set()
    other = edge.ask()
    edge.until_waiting(2)  # also the first reader, because the page that it rendered is out of date
    released_later.set()

    assert {result(answer)["body"] for answer in (early, later, other)} == {edge.words}
    assert edge.renders == 2


def test_render_that_hangs_holds_the_others_for_five_seconds_at_most(edge):
    hanging, released = edge.ask_and_hold()
    edge.now = 5.0

    assert edge.get()["body"] == edge.words
    assert edge.renders == 2
    assert not hanging.done()
    released.set()


def test_readers_who_wait_take_over_from_a_render_that_hangs(make_edge, monkeypatch):
    monkeypatch.setattr(cache, "RENDER_SECONDS", 0.05)
    edge = make_edge(clock=time.monotonic)
    hanging, released = edge.ask_and_hold()

    try:
        assert result(edge.ask())["body"] == edge.words
        assert not hanging.done()
    finally:
        released.set()


def test_readers_who_waited_long_enough_ask_for_themselves(make_edge, monkeypatch):
    monkeypatch.setattr(cache, "RENDER_SECONDS", LONG_SECONDS)
    monkeypatch.setattr(cache, "WAIT_SECONDS", 0.05)
    edge = make_edge(clock=time.monotonic)
    hanging, released = edge.ask_and_hold()

    try:
        assert result(edge.ask())["body"] == edge.words
        assert not hanging.done()
    finally:
        released.set()


@pytest.mark.parametrize(
    "asked",
    [
        {"HTTP_REFERER": "https://h/admin/articles/article/1/change/"},
        {"HTTP_CACHE_CONTROL": "max-age=0"},
        {"HTTP_CACHE_CONTROL": "no-cache"},
    ],
)
def test_staff_and_those_who_reload_see_an_edit_at_once(edge, asked):
    edge.get()
    edge.version, edge.now = 2, 0.01

    assert b"Rest. 1" in edge.get()["body"]
    assert b"Rest. 2" in edge.get(**asked)["body"]


def test_staff_wait_for_the_render_instead_of_getting_the_former(edge):
    edge.get()
    edge.version, edge.now = 2, 0.6
    rendering, released = edge.ask_and_hold()

    staff = edge.ask(HTTP_REFERER="https://h/admin/")
    assert b"Rest. 1" in edge.get()["body"]
    released.set()

    assert result(staff)["body"] == result(rendering)["body"] == edge.words


def test_process_that_took_an_edit_shows_it_at_once(edge):
    edge.get()
    edge.now, edge.version = 0.01, 2
    edge.get("/admin/articles/article/1/change/", method="POST")

    assert b"Rest. 2" in edge.get()["body"]

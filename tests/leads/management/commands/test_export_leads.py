import csv
import io
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_request, make_signup


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_command_prints_the_signups(db, capsys, time_machine):
    time_machine.move_to("2026-11-23T15:00:00+00:00", tick=False)
    signup = make_signup(first_name="=HYPERLINK(1)", page="/ebooks/", notes='Said "no", twice')
    signup.consents.create(purpose="news", event="asked", wording="Send me news")
    signup.consents.create(purpose="news", event="withdrawn", wording="Send me news")

    call_command("export_leads", "signups")

    assert rows(capsys.readouterr().out) == [
        ["received_at", "first_name", "email", "status", "news", "page", "notes"],
        [
            "2026-11-23 10:00",
            "'=HYPERLINK(1)",
            "ann@example.com",
            "new",
            "withdrawn",
            "/ebooks/",
            'Said "no", twice',
        ],
    ]


def test_command_prints_the_requests(db, capsys):
    typed = "(248) 555-0123 x22"
    make_request(voicemail_ok=True, note="Two\nlines", phone_typed=typed)

    call_command("export_leads", "requests")

    head, row = rows(capsys.readouterr().out)
    found = dict(zip(head, row, strict=True))
    assert found["name"] == "Ann Lee"
    assert (found["phone"], found["phone_typed"]) == ("'+12485550123", typed)
    assert (found["voicemail_ok"], found["best_time"], found["note"]) == (
        "yes",
        "morning",
        "Two\nlines",
    )


def test_command_leaves_out_held_back_leads(db, capsys):
    make_signup(suspicion="there is a link in the name")

    call_command("export_leads", "signups")

    assert len(rows(capsys.readouterr().out)) == 1


def test_command_refuses_another_kind(db):
    with pytest.raises(CommandError, match="invalid choice: 'mails'"):
        call_command("export_leads", "mails")


def test_export_command_writes_utf8_whatever_the_terminal_speaks(db, monkeypatch):
    make_signup(first_name="José")
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)

    call_command("export_leads", "signups")

    terminal.flush()
    assert "José".encode() in terminal.buffer.getvalue()


def test_export_command_writes_where_it_is_told(db):
    make_signup(first_name="José")
    out = io.StringIO()

    call_command("export_leads", "signups", stdout=out)

    assert "José" in out.getvalue()

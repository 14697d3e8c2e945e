import io
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_practice, make_signup


def test_library_link_command_prints_a_path_that_opens(client, db, capsys):
    make_practice()
    make_signup()

    call_command("library_link", "ANN@example.com")

    assert client.get(capsys.readouterr().out.strip()).status_code == 200


def test_library_link_command_can_date_a_link_back(client, db, capsys):
    make_practice()
    make_signup()

    call_command("library_link", "ann@example.com", "--issued-days-ago", "31")

    assert client.get(capsys.readouterr().out.strip()).status_code == 410


def test_library_link_command_says_when_nobody_signed_up(db):
    with pytest.raises(CommandError, match="Nobody signed up with this address"):
        call_command("library_link", "nobody@example.com")


@pytest.mark.parametrize("days", ["-1", "36501", "9" * 30])
def test_library_link_command_refuses_a_day_out_of_reach(db, days):
    make_signup()

    with pytest.raises(CommandError, match="--issued-days-ago must be from 0 to 36500"):
        call_command("library_link", "ann@example.com", f"--issued-days-ago={days}")


def test_library_link_command_goes_back_to_the_last_day_in_reach(client, db, capsys):
    make_practice()
    make_signup()

    call_command("library_link", "ann@example.com", "--issued-days-ago=36500")

    assert client.get(capsys.readouterr().out.strip()).status_code == 410


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

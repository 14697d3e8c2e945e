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

import pytest
from django.core.management import CommandError, call_command

from tests.admin_pages import page_text
from tests.factories import make_practice, make_signup


def test_library_link_command_prints_a_path_that_opens(client, db, capsys):
    make_practice()
    make_signup()

    call_command("library_link", "ANN@example.com")

    page = client.get(capsys.readouterr().out.strip())
    assert page.status_code == 200
    assert "Your ebooks" in page_text(page)


def test_library_link_command_can_date_a_link_back(client, db, capsys):
    make_practice()
    make_signup()

    call_command("library_link", "ann@example.com", "--issued-days-ago", "31")

    page = client.get(capsys.readouterr().out.strip())
    assert page.status_code == 410
    assert "This link no longer opens your ebooks" in page_text(page)


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

    page = client.get(capsys.readouterr().out.strip())
    assert page.status_code == 410
    assert "This link no longer opens your ebooks" in page_text(page)

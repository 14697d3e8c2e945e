import pytest

from leads.addresses import mailbox
from leads.mail import greeting_name


@pytest.mark.parametrize(
    "name", ["Ann", "José", "Mary Jane", "O'Neil", "Anne-Marie", "J. R. Smith", "李雷", "Smith Jr."]
)
def test_greeting_name_echoes_what_is_plainly_a_name(name):
    assert greeting_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "http://x.example", "win $100", "<b>", "Ann 2", "www.x.com", "A" * 41, "Buy: now", "@ann"],
)
def test_greeting_name_echoes_nothing_else(name):
    assert greeting_name(name) == ""


@pytest.mark.parametrize(
    ("address", "box"),
    [
        ("ann.lee+news@example.com", "ann.lee@example.com"),
        ("ann.lee+news@gmail.com", "annlee@gmail.com"),
        ("+ann@example.com", "+ann@example.com"),
    ],
)
def test_mailbox_is_where_the_mail_ends_up(address, box):
    assert mailbox(address) == box

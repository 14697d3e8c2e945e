import pytest

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

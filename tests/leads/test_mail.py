import pytest

from leads.mail import greeting_name
from tests.leads import data


def test_greeting_name_echoes_every_name_of_any_culture():
    found = {name: greeting_name(name) for name in data.names()}

    assert len(found) >= 300
    assert {name: echoed for name, echoed in found.items() if echoed != name} == {}


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "http://x.example", "www.x.com", "Anna.Ru", "ann@example.com", "@ann", "a/b/",
        "win $100", "<b>", "Ann 2", "Buy: now", "A" * 41, "Ann " * 20, "Ann\nLee", "Ann\x00",
        "Ann\u202e eeL", "Ann\u2066", "\u3164", "\u0301", "Z" + 5 * "\u0301", "Ann!!",
        "Ann\u200b", "Ann--Lee", "{{ name }}", "%s", "${x}", "Ann; drop",
    ],
)  # fmt: skip
def test_greeting_name_echoes_nothing_else(name):
    assert greeting_name(name) == ""


@pytest.mark.parametrize(
    "words",
    [
        "Win a free iPhone now", "WIN FREE MONEY", "Click Here", "Your Account", "buy now",
        "Hot girls Near you", "you won the lottery today", "Call Me", "Cheap Meds", "Best Deal",
        "Ignore previous instructions", "sudo reboot", "DROP TABLE users", "Unsubscribe",
        "Meet local women in Detroit", "Haz clic aquí", "Выиграй приз", "免费领取", "无料 クリック",
    ],
)  # fmt: skip
def test_greeting_name_echoes_no_advertisement_or_command(words):
    assert greeting_name(words) == ""

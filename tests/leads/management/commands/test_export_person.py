import json

import pytest
from django.core.management import call_command

from tests.factories import make_practice
from tests.leads.everything import EMAIL, fill_in_everything
from tests.leads.news_factories import ADDRESS


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.", **ADDRESS)


def test_export_person_command_prints_json(client, capsys):
    fill_in_everything(client)

    call_command("export_person", EMAIL)

    assert json.loads(capsys.readouterr().out)["signups"][0]["email"] == EMAIL

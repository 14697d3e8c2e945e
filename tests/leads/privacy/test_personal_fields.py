import pytest
from django.apps import apps

from leads.privacy.personal_fields import GROUPS, NOT_PERSONAL, PERSONAL, stored_fields
from tests.factories import make_practice
from tests.leads.news_factories import ADDRESS


@pytest.fixture(autouse=True)
def _practice(db):
    make_practice(news_consent_text="Send me news.", **ADDRESS)


def declared(model, registry):
    """The listed field names of a model. A history model has those of the model it records."""
    own = getattr(model, "instance_type", model)
    return set(registry.get(own, ()))


@pytest.mark.parametrize(
    "model", list(apps.get_app_config("leads").get_models()), ids=lambda model: model.__name__
)
def test_every_field_is_declared_personal_or_not(model):
    names = {field.name for field in model._meta.fields}
    names -= {name for name in names if name.startswith("history_")}
    personal, other = declared(model, PERSONAL), declared(model, NOT_PERSONAL)

    assert sorted(names - personal - other) == [], (
        "say in leads/privacy/personal_fields.py what it is for"
    )
    assert sorted((personal | other) - names) == []
    assert personal & other == set()


def test_every_personal_field_has_words_and_an_end():
    for model, fields in PERSONAL.items():
        assert fields, model
        assert any(model in models for _, models in GROUPS), model
    rows = [row for _, rows in stored_fields() for row in rows]
    assert [row for row in rows if not all(row)] == []


def test_stored_fields_follow_the_settings(settings):
    settings.LEAD_RETENTION_MONTHS = 7
    settings.MAIL_RETENTION_DAYS = 1

    rows = dict(stored_fields())

    title = "When you ask for the ebooks"
    assert rows[title][0] == ("First name", "To greet you in our emails", "7 months")
    assert len([row for row in rows[title] if row[0] == "Email address"]) == 1
    mails = rows["With each email we send you"]
    assert ("Its text", "To send it again if it did not reach you", "1 day") in mails

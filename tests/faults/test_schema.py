"""A release's code survives the next release's schema (promise 27): the minutes of a rolling
restart, and the way back. The models of before an app's last migration stand for that code."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import AutoField
from django.utils import timezone

APPS = ["clinic_site", "articles", "leads"]
# What a constraint asks for beyond the fields that must not be empty.
NEEDED = {"Consent": ["signup"]}
# By the field's name or kind; numbers and texts are made.
VALUES = {
    "phone": "+12485550123",
    "DateField": timezone.now().date(),
    "DateTimeField": timezone.now(),
    "JSONField": {},
}


def former_models(app: str) -> tuple[str, list]:
    """The migration before the last, and the models as of it.

    With one only there is no former release to go back to, and the present models take its place.
    """
    loader = MigrationLoader(connection)
    (last,) = loader.graph.leaf_nodes(app)
    before = [node.key for node in loader.graph.node_map[last].parents if node.key[0] == app]
    former = before or [last]
    state = loader.project_state(former)
    return former[0][1], list(state.apps.get_app_config(app).get_models(include_auto_created=True))


def value_for(field):
    if field.is_relation:
        return field.related_model._base_manager.first() or make_row(field.related_model)
    kind = field.get_internal_type()
    made = 1 if "Integer" in kind else "a"
    return VALUES.get(field.name, VALUES.get(kind, made))


def make_row(model):
    """With a value wherever the code of that time had to give one."""
    needed = NEEDED.get(model.__name__, [])
    return model._base_manager.create(
        **{
            field.name: value_for(field)
            for field in model._meta.concrete_fields
            if field.name in needed
            or not (isinstance(field, AutoField) or field.null or field.has_default())
        }
    )


def trouble_with(models) -> dict[str, str]:
    """What the database says, by model, when a row is created, read, changed and deleted."""
    trouble = {}
    for model in models:
        try:
            with transaction.atomic():
                row = make_row(model)
                row.refresh_from_db()
                row.save()
                row.delete()
                transaction.set_rollback(True)
        except DatabaseError as error:
            trouble[model.__name__] = str(error)
    return trouble


@pytest.mark.parametrize("app", APPS)
def test_schema_serves_the_code_of_before_the_last_migration(db, app, report):
    migration, models = former_models(app)

    trouble = trouble_with(models)

    report(f"{app} as of {migration}: {len(models)} models used, {len(trouble)} in trouble")
    assert len(models) > 3
    assert trouble == {}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("worker integer NOT NULL, id integer PRIMARY KEY, at timestamp", r"\bworker\b"),
        ("id integer PRIMARY KEY", r"\bat\b"),
    ],
)
def test_schema_that_former_code_cannot_use_is_found(db, report, columns, said):
    """It does not fill a column that has no default in the database; it still asks for another."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE clinic_site_heartbeat")
        cursor.execute(f"CREATE TABLE clinic_site_heartbeat ({columns})")

    trouble = trouble_with(former_models("clinic_site")[1])

    report(f"a table of ({columns}): {len(trouble)} model in trouble")
    assert list(trouble) == ["Heartbeat"]
    assert re.search(said, trouble["Heartbeat"])

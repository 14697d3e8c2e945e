"""The former release's code works on the next release's schema (promise 27).

This matters during a rolling restart, and after going back to the former release. The tests take
the models as of the migration before an app's last one for the former release's code.
"""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import AutoField
from django.utils import timezone

APPS = ["clinic_site", "articles", "leads"]
# Fields that may be empty but that a constraint needs.
NEEDED = {"Consent": ["signup"]}
# Values by the field's name or type. Integers get 1 and other fields "a".
VALUES = {
    "phone": "+12485550123",
    "DateField": timezone.now().date(),
    "DateTimeField": timezone.now(),
    "JSONField": {},
}


def former_models(app: str) -> tuple[str, list]:
    """The name of the migration before the last one, and the models as of it.

    An app with a single migration has no former release, so its present models are returned.
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
    """Creates a row with a value for each field that the code of that time had to set."""
    needed = NEEDED.get(model.__name__, [])
    return model._base_manager.create(
        **{
            field.name: value_for(field)
            for field in model._meta.concrete_fields
            if field.name in needed
            or not (isinstance(field, AutoField) or field.null or field.has_default())
        }
    )


def errors_of(models) -> dict[str, str]:
    """The database's error for each model whose row cannot be created, read, saved and deleted."""
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
def test_code_of_the_former_release_works_on_the_present_schema(db, app, report):
    migration, models = former_models(app)

    trouble = errors_of(models)

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
def test_schema_check_finds_a_table_that_former_code_cannot_use(db, report, columns, said):
    """The former code gives no value for a new column and still reads a column that was removed."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE clinic_site_heartbeat")
        cursor.execute(f"CREATE TABLE clinic_site_heartbeat ({columns})")

    trouble = errors_of(former_models("clinic_site")[1])

    report(f"a table of ({columns}): {len(trouble)} model in trouble")
    assert list(trouble) == ["Heartbeat"]
    assert re.search(said, trouble["Heartbeat"])

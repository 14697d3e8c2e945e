from tests.reading_settings import settings_with


def test_postgresql_is_configured_from_its_address(tmp_path):
    url = "postgres://clinic:secret@db.example/clinic"

    found = settings_with(tmp_path, DATABASE_URL=url)["DATABASES"]["default"]

    assert (found["ENGINE"], found["HOST"], found["NAME"]) == (
        "django.db.backends.postgresql", "db.example", "clinic",
    )  # fmt: skip
    assert found["OPTIONS"] == {
        "connect_timeout": 5,
        "options": "-c lock_timeout=5s -c statement_timeout=60s",
    }

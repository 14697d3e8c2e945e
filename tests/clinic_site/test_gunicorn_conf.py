import runpy

import pytest

from tests.running_site import ROOT


def test_gunicorn_does_not_start_when_the_check_of_the_database_fails(tmp_path, monkeypatch):
    database = tmp_path / "db.sqlite3"
    database.write_bytes(b"this is not a database " * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database}")
    config = runpy.run_path(str(ROOT / "clinic_site" / "gunicorn.conf.py"))

    with pytest.raises(SystemExit):
        config["on_starting"](None)

"""The database, from DATABASE_URL: SQLite in DATA_DIR, or PostgreSQL."""

from pathlib import Path
from typing import Any

from clinic_site.configuration.environment import env, read, refuse

# Connections are kept for a minute, because a new one costs PostgreSQL several milliseconds.
REUSE = {"conn_max_age": 60, "conn_health_checks": True}
ENGINES = {"sqlite3", "postgresql"}


def settings(data_dir: Path) -> dict[str, Any]:
    """Django's DATABASES["default"]."""
    default = f"sqlite:///{data_dir / 'db.sqlite3'}"
    why = "must name a SQLite file or a PostgreSQL database."
    example = "postgres://user:password@127.0.0.1:5432/clinic"
    config = read(env.dj_db_url, "DATABASE_URL", default, why, example, **REUSE)
    engine = config["ENGINE"].rpartition(".")[2]
    if engine not in ENGINES:
        refuse("DATABASE_URL", why, example)
    return config | (sqlite(config, default) if engine == "sqlite3" else postgresql(config))


def sqlite(config: dict[str, Any], default: str) -> dict[str, Any]:
    if not (folder := Path(config["NAME"]).absolute().parent).is_dir():
        refuse("DATABASE_URL", f"there is no folder {folder} for the database.", default)
    return {
        "ENGINE": "clinic_site.sqlite3",  # writers wait in a fair queue (docs/decisions/0010)
        # pytest-django chooses a database in memory only for Django's own engine.
        "TEST": {"NAME": ":memory:"},
        # FULL costs 0.4 ms a commit and loses nothing in a power cut (docs/decisions/0002).
        # IMMEDIATE takes the write lock at BEGIN. With DEFERRED, a transaction that reads first
        # and then writes fails while another one writes, instead of waiting.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def postgresql(config: dict[str, Any]) -> dict[str, Any]:
    """Limits how long a statement waits, as SQLite's timeout does, so that no thread hangs."""
    waits = "-c lock_timeout=5s -c statement_timeout=60s"
    return {"OPTIONS": {"connect_timeout": 5, "options": waits} | config.get("OPTIONS", {})}

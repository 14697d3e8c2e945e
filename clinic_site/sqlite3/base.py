"""Django's SQLite backend, with a fair queue of writers (clinic_site/sqlite3/write_queue.py)."""

import re
import sqlite3
import time
from pathlib import Path

from django.db.backends.sqlite3 import base

from clinic_site.sqlite3.write_queue import TooLateError, Turn, WriteQueue, queue_of

# Statements that take SQLite's write lock. BEGIN is one of them, because
# configuration/database.py makes it BEGIN IMMEDIATE.
WRITE = re.compile(
    r"(\s|--[^\n]*\n|/\*.*?\*/)*+"
    r"(ALTER|ANALYZE|BEGIN|CREATE|DELETE|DROP|INSERT|REINDEX|REPLACE|UPDATE|VACUUM"
    r"|WITH\b.*\b(DELETE|INSERT|REPLACE|UPDATE))\b",
    re.IGNORECASE | re.DOTALL,
)


class Connection(sqlite3.Connection):
    """Waits for its turn at the first write of a transaction, and ends the turn after it."""

    turn: Turn | None = None

    def __init__(self, database, *, timeout: float = 5.0, **options):
        super().__init__(database, timeout=timeout, **options)
        self.timeout = timeout
        file = self.execute("PRAGMA database_list").fetchone()[2]
        self.queue = queue_of(Path(file)) if file else None  # a database in memory has no file

    def take_turn(self, queue: WriteQueue) -> None:
        """Waits for the turn. SQLite may use the rest of the timeout to wait for its own lock."""
        if self.turn:
            return
        deadline = time.monotonic() + self.timeout
        try:
            self.turn = queue.enter(self.timeout)
        except TooLateError:
            words = f"database is locked: no turn to write within {self.timeout} s"
            raise sqlite3.OperationalError(words) from None
        self.set_busy_timeout(deadline - time.monotonic())

    def set_busy_timeout(self, seconds: float) -> None:
        """Sets how long SQLite waits for programs that do not use the queue."""
        self.execute(f"PRAGMA busy_timeout = {max(1, int(seconds * 1000))}")

    def end_turn(self) -> None:
        if self.turn and not self.in_transaction:
            self.leave()

    def leave(self) -> None:
        if self.turn:
            self.turn.leave()
            self.turn = None

    def commit(self) -> None:
        super().commit()
        self.end_turn()

    def rollback(self) -> None:
        super().rollback()
        self.end_turn()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self.leave()

    def __del__(self) -> None:
        self.leave()


class Cursor(base.SQLiteCursorWrapper):
    connection: Connection

    def execute(self, query, params=None):
        return self.in_turn(super().execute, query, params)

    def executemany(self, query, param_list):
        return self.in_turn(super().executemany, query, param_list)

    def in_turn(self, execute, query, params):
        connection = self.connection
        if connection.queue is None or connection.in_transaction or not WRITE.match(query):
            return execute(query, params)
        try:
            connection.take_turn(connection.queue)
            return execute(query, params)
        finally:
            connection.set_busy_timeout(connection.timeout)
            # SQLite commits a statement with RETURNING only after its last row was read. Then
            # `close` ends the turn.
            if self.description is None:
                connection.end_turn()

    def close(self) -> None:
        super().close()
        self.connection.end_turn()

    def __del__(self) -> None:
        self.connection.end_turn()


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self):
        return super().get_connection_params() | {"factory": Connection}

    def create_cursor(self, name=None):
        return self.connection.cursor(factory=Cursor)

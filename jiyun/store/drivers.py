"""The two database drivers behind one small face: begin, execute, commit, and what their refusals mean.

Measured (docs/decisions.md): an ORM or SQL builder costs 6 to 20 times the driver on a claim and half a second
at start-up; the bare drivers with named SQL cost neither.
"""

import os
import re
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from jiyun.errors import JiyunError
from jiyun.settings import operating_system_user
from jiyun.store import problems
from jiyun.store.queries import Statement

Row = dict[str, Any]
WAIT_SECONDS = 30
_WRITER_LOCK = 0x6A69_7975  # "jiyu": the advisory lock that every PostgreSQL write transaction takes first
_UNUSABLE = ("disk", "readonly", "unable to open", "not a database", "malformed")
_RULE = re.compile(r"jiyun: ([^\n]+)")


class Driver(Protocol):
    """An open connection; errors leave it as :class:`JiyunError`."""

    dialect: str

    def begin(self, *, write: bool) -> None: ...
    def execute(self, statement: Statement, params: dict[str, Any]) -> tuple[list[Row], int]: ...
    def script(self, text: str) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def has_table(self, name: str) -> bool: ...
    def wall(self) -> float: ...
    def close(self) -> None: ...


def _refusal(text: str) -> JiyunError:
    found = _RULE.search(text)
    return problems.REFUSED(rule=found.group(1).strip() if found else text.splitlines()[0])


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


class SqliteDriver:
    """One file in WAL mode, synchronous FULL: what was committed survives a power cut."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, create: bool, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        try:
            if create:  # by us and not by SQLite, which would let everybody read it; its journals take over the mode
                path.touch(mode=0o600)
            elif not path.exists():
                raise problems.MISSING(database=path)
        except OSError as error:
            raise problems.UNREACHABLE(database=path, reason=error.strerror or error) from None
        if not os.access(path, os.R_OK | os.W_OK):
            raise problems.NOT_ACCESSIBLE(database=path, user=operating_system_user())
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=wait_seconds, check_same_thread=False)
            self._connection.row_factory = _as_dict
            if create:  # WAL is kept in the file
                self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.executescript("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;")
        except sqlite3.Error as error:
            raise problems.UNREACHABLE(database=path, reason=error) from None

    def begin(self, *, write: bool) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        except sqlite3.DatabaseError as error:
            raise self._translate(error) from None

    def execute(self, statement: Statement, params: dict[str, Any]) -> tuple[list[Row], int]:
        try:
            cursor = self._connection.execute(statement.sqlite, params)
            return (cursor.fetchall() if cursor.description else []), cursor.rowcount
        except sqlite3.IntegrityError as error:
            raise _refusal(str(error)) from None
        except sqlite3.DatabaseError as error:
            raise self._translate(error) from None

    def _translate(self, error: sqlite3.DatabaseError) -> Exception:
        if "locked" in str(error) or "busy" in str(error):
            return problems.BUSY(seconds=self._wait_seconds)
        if any(sign in str(error) for sign in _UNUSABLE):
            return problems.UNREACHABLE(database="sqlite", reason=error)
        return error

    def script(self, text: str) -> None:
        buffer = ""
        for line in text.splitlines(keepends=True):
            buffer += line
            if sqlite3.complete_statement(buffer):
                self._connection.execute(buffer)
                buffer = ""

    def commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except sqlite3.IntegrityError as error:
            raise _refusal(str(error)) from None
        except sqlite3.DatabaseError as error:
            raise self._translate(error) from None

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def has_table(self, name: str) -> bool:
        found = self._connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (name,))
        return found.fetchone() is not None

    def wall(self) -> float:
        import time

        return time.time()  # one file means one machine: its clock is the database's clock

    def close(self) -> None:
        self._connection.close()


class PostgresDriver:
    """A PostgreSQL database.  Every write transaction first takes one advisory lock, in order of arrival."""

    dialect = "postgres"

    def __init__(self, url: str, *, shown: str, wait_seconds: float = WAIT_SECONDS) -> None:
        import psycopg
        from psycopg.rows import dict_row

        self._psycopg = psycopg
        self._shown = shown
        self._wait_seconds = wait_seconds
        try:
            self._connection: psycopg.Connection[Row] = psycopg.connect(
                url, autocommit=True, row_factory=dict_row, connect_timeout=10, application_name="jiyun"
            )
        except psycopg.OperationalError as error:
            raise problems.UNREACHABLE(database=shown, reason=(str(error).splitlines() or ["no connection"])[0]) from None
        except (psycopg.ProgrammingError, UnicodeError):  # its text may hold a piece of the password
            raise problems.BAD_URL(url=shown) from None

    def begin(self, *, write: bool) -> None:
        if write:
            opening = (
                f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {int(self._wait_seconds * 1000)};"
                f" SELECT pg_advisory_xact_lock({_WRITER_LOCK})"
            )
        else:
            opening = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        try:
            self._connection.execute(opening.encode())
        except self._psycopg.errors.LockNotAvailable:
            self.rollback()
            raise problems.BUSY(seconds=self._wait_seconds) from None
        except self._psycopg.OperationalError as error:
            self.rollback()
            raise self._lost(error) from None
        except BaseException:  # Ctrl-C while another writes: the half-begun transaction must not spoil the next one
            self.rollback()
            raise

    def execute(self, statement: Statement, params: dict[str, Any]) -> tuple[list[Row], int]:
        try:
            cursor = self._connection.execute(statement.postgres.encode(), params, prepare=True)
            return (cursor.fetchall() if cursor.description else []), cursor.rowcount
        except (self._psycopg.errors.IntegrityError, self._psycopg.errors.RaiseException) as error:
            raise _refusal(str(error)) from None
        except self._psycopg.OperationalError as error:
            raise self._lost(error) from None

    def _lost(self, error: Exception) -> JiyunError:
        return problems.UNREACHABLE(database=self._shown, reason=(str(error).splitlines() or ["connection lost"])[0])

    def script(self, text: str) -> None:
        self._connection.execute(text.encode())

    def commit(self) -> None:
        try:
            self._connection.execute(b"COMMIT")
        except self._psycopg.errors.IntegrityError as error:
            raise _refusal(str(error)) from None
        except self._psycopg.OperationalError as error:
            raise self._lost(error) from None

    def rollback(self) -> None:
        if not self._connection.closed and not self._connection.broken:
            with suppress(self._psycopg.OperationalError):  # a connection that is gone has rolled back
                self._connection.execute(b"ROLLBACK")

    def has_table(self, name: str) -> bool:
        found = self._connection.execute("SELECT to_regclass(%s) IS NOT NULL AS found", (name,)).fetchone()
        return bool(found and found["found"])

    def wall(self) -> float:
        try:
            found = self._connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8 AS now").fetchone()
        except self._psycopg.OperationalError as error:
            raise self._lost(error) from None
        assert found is not None
        return float(found["now"])

    def close(self) -> None:
        self._connection.close()

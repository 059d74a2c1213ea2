"""A world that was made once, put back for each test: making one costs some hundred statements and a hundred files."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jiyun.store import open_store
from tests import postgres
from tests.support.world import World

if TYPE_CHECKING:
    import psycopg

KEPT = "original"  # the PostgreSQL schema that keeps the rows of the first state


@dataclass(frozen=True, slots=True)
class Original:
    """A closed store and its home."""

    url: str
    home: Path


@contextmanager
def database(server: str) -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    import psycopg
    from psycopg.sql import SQL, Identifier

    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
    try:
        yield postgres.with_database(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def original(url: str, home: Path, make: Callable[[str, Path], World]) -> Original:
    """Make it, and keep what it holds."""
    make(url, home).store.close()
    if not url.startswith("sqlite:///"):
        import psycopg

        with psycopg.connect(url) as connection:
            connection.execute(f"CREATE SCHEMA {KEPT}".encode())
            for table in _tables(connection):
                connection.execute(f"CREATE TABLE {KEPT}.{table} AS TABLE public.{table}".encode())
    return Original(url, home)


def _tables(connection: "psycopg.Connection[tuple[str, ...]]") -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [row[0] for row in found]


def _put_back(url: str) -> None:
    """The rows as they were, the triggers awake again, and nobody left over from the last test."""
    import psycopg

    with psycopg.connect(url) as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}".encode())
        tables = _tables(connection)
        asleep = connection.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgenabled = 'D'").fetchall()
        wake = [f"ALTER TABLE {row[0]} ENABLE TRIGGER USER" for row in asleep]
        rows = [f"DELETE FROM public.{name}; INSERT INTO public.{name} SELECT * FROM {KEPT}.{name}" for name in tables]
        script = ["SET LOCAL session_replication_role = replica", *wake, *rows]  # a replica asks no trigger and no key
        connection.execute("; ".join(script).encode())


@contextmanager
def copy(of: Original, folder: Path) -> Iterator[World]:
    """A world of its own, as the original was."""
    home = folder / "home"
    shutil.copytree(of.home, home)
    url = of.url
    if url.startswith("sqlite:///"):
        url = f"sqlite:///{folder / 'store.db'}"
        shutil.copyfile(of.url.removeprefix("sqlite:///"), folder / "store.db")
    else:
        _put_back(url)
    with open_store(url) as store:
        yield World(store, home)

"""Plain SQL past the program: to plant faults, to ask what the database itself refuses, and to compare whole stores."""

from typing import Any

import pytest

from jiyun.errors import JiyunError
from jiyun.store import Row, Statement, Store


def rows(store: Store, text: str, **params: Any) -> list[Row]:
    with store.read() as tx:
        return tx.all(Statement("raw", text), **params)


def change(store: Store, text: str, **params: Any) -> int:
    """Run one changing statement in a transaction of its own; the number of rows it touched."""
    with store.write("intruder") as tx:
        return tx.run(Statement("raw", text), **params)


def refused(store: Store, text: str, **params: Any) -> str:
    """The rule by which the database refuses a statement."""
    with pytest.raises(JiyunError) as caught:
        change(store, text, **params)
    assert caught.value.code == "store.refused"
    return str(caught.value.fields["rule"])


def tables(store: Store) -> list[str]:
    listed = {
        "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    }
    return sorted(row["name"] for row in rows(store, listed[store.dialect]))


def dump(store: Store) -> dict[str, list[str]]:
    """Every row of every table: equal dumps are equal stores."""
    return {table: sorted(repr(row) for row in rows(store, f"SELECT * FROM {table}")) for table in tables(store)}


def disarm(store: Store, table: str) -> None:
    """Take a table's triggers away, as somebody with the database's own password could."""
    if store.dialect == "postgres":
        change(store, f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    for row in rows(store, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = :t", t=table):
        change(store, f"DROP TRIGGER {row['name']}")

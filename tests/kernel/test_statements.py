"""Every named statement is taken by both databases, and every one of them is used."""

import re
from pathlib import Path

import pytest

from jiyun.store import Queries, Statement
from jiyun.store.create import create_store
from jiyun.store.queries import load_queries

REPO = Path(__file__).parents[2]
ROOMS = ("jiyun", "tenants", "quotas", "orders", "inventory", "consolidation", "ledger", "operations", "workflows")
FILES = sorted(
    file
    for room in ROOMS
    for file in (REPO / room).rglob("*.sql")
    if "migrations" not in file.parts and not file.name.startswith(".")
)
PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


def statements(file: Path) -> list[Statement]:
    found = Queries(file)
    return [getattr(found, name) for name in found.names()]


def numbered(statement: Statement) -> str:
    """The statement with ``$1`` and so on, as it goes to the server."""
    names = list(dict.fromkeys(PARAMETER.findall(statement.sqlite)))
    return PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", statement.sqlite)


def test_the_files_are_found() -> None:
    assert {file.stem for file in FILES} >= {"kernel", "tenants", "quotas", "orders", "inventory", "ledger", "operations"}


def test_sqlite_takes_every_statement(tmp_path: Path) -> None:
    with create_store(f"sqlite:///{tmp_path / 's.db'}", city="", actor="ops") as store, store.read() as tx:
        for statement in (one for file in FILES for one in statements(file)):
            names = PARAMETER.findall(statement.sqlite)
            assert tx.all(Statement("explain", f"EXPLAIN {statement.sqlite}"), **dict.fromkeys(names)), statement.name


@pytest.mark.postgres
def test_postgres_takes_every_statement(postgres_database: str) -> None:
    """PREPARE as the program does it: the types of all parameters must be inferred from the statement alone."""
    import psycopg

    create_store(postgres_database, city="", actor="ops").close()
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        for statement in (one for file in FILES for one in statements(file)):
            result = connection.pgconn.prepare(statement.name.encode(), numbered(statement).encode())
            assert not result.error_message, f"{statement.name}: {result.error_message.decode()}"
            connection.execute(f'DEALLOCATE "{statement.name}"'.encode())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_names_are_single_and_used(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    names = re.findall(r"^-- name: (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names))
    code = "\n".join(found.read_text(encoding="utf-8") for room in ROOMS for found in (REPO / room).rglob("*.py"))
    unused = [name for name in names if not re.search(rf"\b[A-Z]+\.{name}\b", code)]
    assert unused == []


def test_a_percent_sign_and_a_cast_survive(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("-- name: like\nSELECT :a, x::text FROM t WHERE n LIKE 'a%';\n-- name: two\nSELECT 1;\n")
    found = load_queries(str(tmp_path / "module.py"), "x.sql")
    assert found.like.postgres == "SELECT %(a)s, x::text FROM t WHERE n LIKE 'a%%'"
    assert found.names() == ["like", "two"]
    with pytest.raises(AttributeError):
        _ = found.three

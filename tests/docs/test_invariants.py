"""The invariants of ARCHITECTURE.md that are rules about the code itself, read from the code."""

import ast
import re
import tomllib
from pathlib import Path

from jiyun.store import Statement, load_queries
from tests.docs import pages

ROOT = pages.ROOT
SHIPPED = [
    name
    for name in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    if name not in ("lab", "bench", "tests")
]
SQL_FILES = sorted(path for package in SHIPPED for path in (ROOT / package).rglob("*.sql") if "migrations" not in path.parts)
SOURCES = sorted(path for package in SHIPPED for path in (ROOT / package).rglob("*.py"))


def statements() -> list[tuple[str, str, str]]:
    """Every named statement that ships, as (file, name, text)."""
    found = []
    for file in SQL_FILES:
        queries = load_queries(str(file), file.name)
        for name in re.findall(r"^-- name: (\w+)", file.read_text(), re.MULTILINE):
            statement: Statement = getattr(queries, name)
            found.append((str(file.relative_to(ROOT)), name, statement.sqlite))
    return found


def writers(pattern: str) -> list[tuple[str, str]]:
    """File and name of every statement that matches."""
    return [(file, name) for file, name, text in statements() if re.search(pattern, text, re.IGNORECASE)]


def users(module_sql: str, name: str) -> list[str]:
    """``file:function`` of every function that uses the statement ``name`` of the file ``module_sql``."""
    found = []
    package = (ROOT / module_sql).parent
    for source in SOURCES:
        if package not in source.parents:
            continue
        for function in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(node, ast.Attribute)
                and node.attr == name
                and isinstance(node.value, ast.Name)
                and "SQL" in node.value.id
                for node in ast.walk(function)
            ):
                found.append(f"{source.relative_to(ROOT)}:{function.name}")
    return found


def test_one_function_writes_the_state_of_an_order() -> None:
    assert writers(r"UPDATE\s+orders\s+SET\s[^;]*\bstate\b") == [("orders/orders.sql", "set_state")]
    assert users("orders/orders.sql", "set_state") == ["orders/register.py:advance"]


def test_one_function_appends_to_the_audit_chain() -> None:
    assert writers(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+audit\b") == [("jiyun/store/kernel.sql", "audit_insert")]
    everywhere = [str(source.relative_to(ROOT)) for source in SOURCES if "audit_insert" in source.read_text(encoding="utf-8")]
    assert everywhere == ["jiyun/audit.py"]
    assert "audit_insert" in (ROOT / "jiyun/audit.py").read_text().partition("def append(")[2].partition("\ndef ")[0]


def test_nothing_in_the_ledger_is_changed_or_deleted() -> None:
    changing = [
        (file, name)
        for file, name, text in statements()
        if file.startswith("ledger/") and re.search(r"\b(UPDATE|DELETE)\b", text)
    ]
    assert changing == []


def test_only_the_database_keeps_the_sums_of_quota_use() -> None:
    assert writers(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(quota_use|host_use)\b") == []


def test_no_sql_stands_outside_the_sql_files() -> None:
    """The kernel's drivers and migrations speak to the database itself; every room speaks through named statements."""
    statement = re.compile(r"[\"'](SELECT\s|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)")
    own = ("jiyun/store/",)
    found = [str(source.relative_to(ROOT)) for source in SOURCES if statement.search(source.read_text(encoding="utf-8"))]
    assert [name for name in found if not name.startswith(own)] == []


def test_the_layers_are_those_of_the_import_checker() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["type"] == "layers")["layers"]
    assert [layers[0], layers[1], layers[-1]] == ["cli", "workflows", "jiyun"]
    assert set(layers[2].split(" | ")) == set(SHIPPED) - {"cli", "workflows", "jiyun"}


def test_the_code_map_names_every_folder() -> None:
    folders = {
        path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "_")) and any(path.iterdir())
    } - {"build", "dist"}
    named = set(re.findall(r"^\| `(\w+)/` \|", pages.read(ROOT / "ARCHITECTURE.md"), re.MULTILINE))
    assert named == {name for name in folders if not name.endswith(".egg-info")}


def test_every_invariant_names_the_test_that_holds_it() -> None:
    text = pages.read(ROOT / "ARCHITECTURE.md").partition("## Invariants")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \|(.*)\|(.*)\|$", text, re.MULTILINE)
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1)) and rows
    for number, _, tests in rows:
        paths = re.findall(r"`([\w./-]+)(?:::(\w+))?`", tests)
        assert paths, f"invariant {number} names no test"
        for path, function in paths:
            file = ROOT / path
            assert file.exists(), f"invariant {number}: {path} does not exist"
            assert not function or f"def {function}(" in file.read_text(encoding="utf-8"), f"invariant {number}: {function}"


def test_figures_in_the_decisions_say_where_they_were_measured() -> None:
    assert "2-core Debian 12 machine" in pages.read(Path(ROOT / "docs/decisions.md"))

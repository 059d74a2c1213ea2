"""Every problem that any room declares: one code, two languages, the same fields in both."""

import importlib
import pkgutil
import re
import string
from collections import Counter
from pathlib import Path

import pytest

from jiyun import errors
from jiyun.errors import KINDS, Exit, kind

REPO = Path(__file__).parents[2]
ROOMS = (
    "jiyun",
    "tenants",
    "quotas",
    "orders",
    "inventory",
    "consolidation",
    "ledger",
    "operations",
    "provisioners",
    "workflows",
    "cli",
)


def import_everything() -> None:
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.startswith("cli.cli"):
                importlib.import_module(module.name)


import_everything()
ALL = sorted((found for code, found in KINDS.items() if not code.startswith("test.")), key=lambda found: found.code)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("found", ALL, ids=lambda found: found.code)
def test_both_languages_have_the_same_fields_and_fill(found: errors.Kind) -> None:
    assert fields(found.text.en) == fields(found.text.zh)
    values = {name: f"<{name}>" for name in fields(found.text.en)}
    for text in (found.text.en, found.text.zh):
        assert text.strip()
        filled = text.format(**values)
        assert "{" not in filled and "}" not in filled
    assert found(**values).message()
    assert re.search(r"[\u4e00-\u9fff]", found.text.zh)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*(\.[a-z][a-z0-9-]*)?", found.code)
    assert found.exit is not Exit.DONE


def test_every_declared_kind_is_raised_somewhere() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for room in ROOMS for file in (REPO / room).rglob("*.py"))
    names = set(re.findall(r"^([A-Z][A-Z0-9_]*) = kind\(", text, re.MULTILINE))
    uses = Counter(re.findall(r"\b[A-Z][A-Z0-9_]*\b", text))
    assert [name for name in sorted(names) if uses[name] < 2] == []


def test_a_code_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        kind(ALL[0].code, Exit.OTHER, en="x", zh="甲")


def test_a_forgotten_field_shows_where_it_is_raised() -> None:
    with pytest.raises(KeyError):
        errors.INTERNAL(what="x")


def test_every_exit_status_is_the_promised_one() -> None:
    assert {status.name: int(status) for status in Exit} == {
        "DONE": 0,
        "OTHER": 1,
        "USAGE": 2,
        "NOT_FOUND": 3,
        "QUOTA": 4,
        "POLICY": 5,
        "NOT_PERMITTED": 6,
        "CONFLICT": 7,
        "EXTERNAL": 8,
        "VERIFICATION": 9,
    }

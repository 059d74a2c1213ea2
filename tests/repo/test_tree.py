"""Rules about the tree itself: what every clone must be free of, and what every package must have."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from lab.dev import checks

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
SHIPPED = [name for name in PACKAGES if name not in ("lab", "bench", "tests")]
TEXT = {".py", ".pyi", ".sh", ".sql", ".md", ".yml", ".yaml", ".toml", ".in", ".lock", ".json", ".cfg", ".txt", ""}

# A package comes from wherever a machine's own settings say; an address of an index is a fact about one workplace.
INDEX = re.compile(r"(--(extra-)?index-url|--find-links\s+(?!\"?\$)|--trusted-host|^\s*(index-url|registry)\s*=)", re.MULTILINE)
# A folder where somebody happens to work, or a home folder of one person (``/home/NAME`` in capitals is an example).
WORKPLACE = re.compile(r"(?<![\w.-])/(work|opt/wheels|opt/pypi[\w-]*)(/|\b)|/root/\.\w+|/home/[a-z]\w*/\.(pyenv|venv|local)")
# The one file that has to write these patterns down.
ABOUT_THEM = {"tests/repo/test_tree.py", "lab/dev/checks.py", "lab/dev/lock.sh"}


def files() -> list[Path]:
    """Every text file of the repository: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    found = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in found if path.is_file() and path.suffix in TEXT]


def places(pattern: re.Pattern[str]) -> list[str]:
    """``file:line: text`` of every match outside the files that speak about the patterns."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files()
        if str(path.relative_to(ROOT)) not in ABOUT_THEM
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_index() -> None:
    assert places(INDEX) == []


def test_no_file_names_a_workplace() -> None:
    assert places(WORKPLACE) == []


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    assert checks.addresses_in_locks() == []
    for lock in (ROOT / "requirements").glob("*.lock"):
        pins = re.findall(r"^[\w.\[\]-]+==", lock.read_text(), re.MULTILINE)
        entries = re.split(r"\n(?=\w)", lock.read_text().strip())
        assert len(pins) == len(entries), lock.name
        assert all("--hash=sha256:" in entry for entry in entries), lock.name


def test_every_list_of_requirements_has_its_lock() -> None:
    folder = ROOT / "requirements"
    assert {path.stem for path in folder.glob("*.in")} == {path.stem for path in folder.glob("*.lock")}


@pytest.mark.parametrize("package", SHIPPED)
def test_every_package_is_typed(package: str) -> None:
    assert (ROOT / package / "__init__.py").is_file()
    assert (ROOT / package / "py.typed").is_file()


def test_every_shipped_package_is_in_the_wheel() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert set(SHIPPED) | {"playbooks"} == {name for name in listed if "." not in name}


def test_the_command_line_holds_no_sql() -> None:
    assert [str(path) for path in (ROOT / "cli").rglob("*.sql")] == []
    statement = re.compile(r"\b(SELECT\s+.+\s+FROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.DOTALL)
    assert [str(path) for path in (ROOT / "cli").rglob("*.py") if statement.search(path.read_text())] == []


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text and "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text

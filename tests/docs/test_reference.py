"""Every command, error code, state and setting in the documents exists in the code, and the other way round."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli.frame.catalogue import ENTRIES, GLOBAL_OPTIONS, ROOT_OPTIONS
from cli.frame.lazy import load_entry
from jiyun.errors import KINDS, Exit
from jiyun.settings import VARIABLES
from lab import reference
from orders.states import STATES
from tenants.roles import MATRIX
from tests.docs import pages
from workflows import doctor

FILE_ENDINGS = (".md", ".py", ".sql", ".yaml", ".yml", ".json", ".db", ".lock", ".in", ".toml", ".sh")


def test_the_written_pages_are_what_the_code_says() -> None:
    """The text is compared in a process of its own: the language is chosen before the modules are imported."""
    done = subprocess.run(
        [sys.executable, "-m", "lab.reference", "--check"],
        cwd=pages.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_exit_status_has_its_meaning() -> None:
    assert set(reference.EXITS) == {status.name for status in Exit}


@pytest.mark.parametrize("page", pages.WRITTEN, ids=lambda page: page.name)
def test_every_command_in_a_page_exists_with_its_options(page: Path) -> None:
    for line in pages.typed(page):
        if line.startswith("jiyun "):
            assert fault(shlex.split(line)) == "", line


def fault(words: list[str]) -> str:
    """What is wrong with a command line; empty where every word of the command and every option is real."""
    globals_ = {spelling: option for option in GLOBAL_OPTIONS for spelling in option.spellings}
    waiting = iter(words[1:])
    path: list[str] = []
    used: list[str] = []
    for word in waiting:
        if word == "--":
            break
        if word in globals_:
            if globals_[word].metavar:
                next(waiting, "")
        elif word.startswith("-"):
            used.append(word.partition("=")[0])
        else:
            path.append(word)
    if not path:
        known = {name for names, _ in ROOT_OPTIONS for name in names.split(", ")}
        return "" if set(used) <= known else f"no such option: {used}"
    entry = ENTRIES.get(path[0])
    if entry is None:
        return f"there is no command {path[0]}"
    command = load_entry(entry)
    if isinstance(command, click.Group):
        if len(path) < 2:
            return ""
        if path[1] not in command.commands:
            return f"there is no command {path[0]} {path[1]}"
        command = command.commands[path[1]]
    known = {spelling for p in command.params for spelling in (*p.opts, *p.secondary_opts)} | {"--help"}
    return "" if set(used) <= known else f"no such option: {sorted(set(used) - known)}"


def test_the_check_of_command_lines_finds_faults() -> None:
    assert fault(shlex.split("jiyun vm frobnicate")) == "there is no command vm frobnicate"
    assert fault(shlex.split("jiyun --as x vm list --nonsense")) == "no such option: ['--nonsense']"
    assert fault(shlex.split("jiyun --as x vm ssh tax-1 -- ls --all")) == ""


@pytest.mark.parametrize("page", pages.WRITTEN, ids=lambda page: page.name)
def test_every_code_in_a_page_exists(page: Path) -> None:
    reference.import_all()
    real = KINDS.keys() | doctor.KINDS.keys() | MATRIX.keys()
    rooms = {code.partition(".")[0] for code in real}
    codes = [text for text in pages.inline(page) if re.fullmatch(r"[a-z]+\.[a-z-]+", text) and not text.endswith(FILE_ENDINGS)]
    assert [code for code in codes if code.partition(".")[0] in rooms and code not in real] == []


def test_every_error_code_and_finding_is_documented() -> None:
    reference.import_all()
    listed = set(re.findall(r"^\| `([\w.-]+)` \|", pages.read(pages.ROOT / "docs/errors.md"), re.MULTILINE))
    assert listed == KINDS.keys() | doctor.KINDS.keys()


def test_every_order_state_is_documented() -> None:
    text = pages.read(pages.ROOT / "docs/operations.md")
    block = text.partition("<!-- generated: order-states -->")[2].partition("<!-- end -->")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", block, re.MULTILINE)) == set(STATES)


def test_every_setting_is_documented_and_no_other() -> None:
    commands = pages.read(pages.ROOT / "docs/commands.md")
    assert all(f"`{variable}`" in commands for variable in VARIABLES.values())
    sources = [*pages.ROOT.glob("*/**/*.py"), *pages.ROOT.glob("lab/dev/*.sh"), pages.ROOT / "dev"]
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in sources if ".venv" not in path.parts and "docs" not in path.parts
    )
    for page in pages.PAGES:
        for name in set(re.findall(r"\bJIYUN_[A-Z_]+\b", pages.read(page))):
            assert re.search(rf"\b{name}\b", code), f"{page.name}: {name} is in no source"

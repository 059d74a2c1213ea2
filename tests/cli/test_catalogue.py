"""The catalogue, the modules and their help pages agree, in both languages."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.frame.catalogue import ENTRIES
from cli.frame.help import root_page
from cli.frame.text import width
from tests.cli.conftest import SAMPLE, Run, environment

WALK = Path(__file__).parent / "walk.py"
GROUPS = str(SAMPLE.parent / "groups")


def walk(language: str, tmp_path: Path, *more: str) -> list[dict[str, Any]]:
    command = [sys.executable, str(WALK), language, *more]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return [c for c in found if not more or c["path"][1] == "vm"]  # the sample is one module among the shipped ones


def test_every_entry_has_its_module_with_its_commands(tmp_path: Path) -> None:
    leaves = {tuple(c["path"][1:]) for c in walk("en", tmp_path) if not c["group"]}
    planned = {(e.name, command) for e in ENTRIES.values() for command in e.commands}
    assert leaves == planned | {(e.name,) for e in ENTRIES.values() if not e.commands}


@pytest.mark.parametrize("more", [(), (GROUPS,)], ids=["shipped", "sample"])
def test_every_command_has_help_and_a_true_example_in_both_languages(tmp_path: Path, more: tuple[str, ...]) -> None:
    english, chinese = walk("en", tmp_path, *more), walk("zh", tmp_path, *more)
    assert [c["path"] for c in english] == [c["path"] for c in chinese]
    for command, twin in zip(english, chinese, strict=True):
        path = " ".join(command["path"])
        assert command["help"] and command["help"].isascii(), path
        assert any("\u4e00" <= c <= "\u9fff" for c in twin["help"]), path
        assert command["group"] or command["examples"], f"{path} has no example"
        for page, example in ((c["page"], e) for c in (command, twin) for e in c["examples"]):
            assert example in page.replace(" \\\n   ", "")
            words = shlex.split(example)
            following = iter(words)  # global options may stand between the words of the path
            assert words[0] == "jiyun" and all(word in following for word in command["path"]), example
            own = words[: words.index("--")] if "--" in words else words
            used = [word.partition("=")[0] for word in own if word.startswith("--")]
            assert set(used) <= set(command["options"]), example


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("more", [(), (GROUPS,)], ids=["shipped", "sample"])
def test_help_pages_fit_80_columns(tmp_path: Path, language: str, more: tuple[str, ...]) -> None:
    for command in walk(language, tmp_path, *more):
        for line in command["page"].splitlines():
            assert width(line) <= 80, (command["path"], line)


def test_the_first_page_names_everything_and_fits(run: Run) -> None:
    for language in ("en", "zh"):
        page = run("--lang", language, "--help").out
        assert all(f"  {name}" in page for name in ENTRIES)
        assert all(width(line) <= 80 for line in page.splitlines())
    assert run("--help").out == root_page() + "\n"


def test_the_first_page_imports_no_parser_and_a_command_only_its_own_module(tmp_path: Path) -> None:
    script = "import sys; from cli.main import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"

    def imported(*words: str) -> set[str]:
        command = [sys.executable, "-c", f"import cli; cli.__path__.insert(0, {GROUPS!r}); {script}", *words]
        done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=True)
        return set(done.stderr.split())

    assert not imported("--help") & {"typer", "click", "yaml", "rich", "pathlib", "json"}
    assert not imported("--version") & {"typer", "click"}
    for words in (("vm", "list"), ("vm", "list", "--help")):
        modules = imported(*words)
        assert {m for m in modules if m.startswith("cli.")} & {f"cli.{e}" for e in ENTRIES} == {"cli.vm"}
        assert not modules & {"rich", "yaml", "csv", "tempfile"}


def test_version_and_completion(run: Run, tmp_path: Path) -> None:
    assert run("--version").out == "jiyun 0.1.0\n"
    assert run("-o", "json", "--version").out == "jiyun 0.1.0\n"
    words = {"_JIYUN_COMPLETE": "complete_bash", "COMP_WORDS": "jiyun v", "COMP_CWORD": "1"}
    assert run(**words).out.split() == ["vm", "volume"]
    words = {"_JIYUN_COMPLETE": "complete_bash", "COMP_WORDS": "jiyun vm st", "COMP_CWORD": "2"}
    assert run(**words).out.split() == ["start", "stop"]
    words = {"_JIYUN_COMPLETE": "complete_bash", "COMP_WORDS": "jiyun vm list -o ", "COMP_CWORD": "4"}
    assert run(**words).out.split() == ["table", "json", "yaml", "csv"]
    script = run("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert script.status == 0 and "_JIYUN_COMPLETE=complete_bash" in script.out


def cpu(*command: str, env: dict[str, str]) -> float:
    """Seconds of CPU of one run."""
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def test_start_up_stays_within_its_bound(tmp_path: Path) -> None:
    """The least of several interleaved runs: other work on the machine only ever adds."""
    env = environment(tmp_path)
    commands = {
        "pass": ("-c", "pass"),
        "help": ("-c", "import sys; sys.argv = ['jiyun', '--help']; from cli.main import run; run()"),
        "list": (str(SAMPLE), "vm", "list"),
    }
    least = dict.fromkeys(commands, 99.0)
    for _ in range(7):
        for name, words in commands.items():
            least[name] = min(least[name], cpu(sys.executable, *words, env=env))
    assert least["help"] <= 8 * least["pass"]
    assert least["list"] <= 8 * least["pass"]

"""``python -m lab.reference [--check]``: the parts of ``docs/`` that repeat what the code says, written from the code.

``docs/commands.md`` and ``docs/errors.md`` are written whole.  ``docs/operations.md`` holds blocks between
``<!-- generated: NAME -->`` and ``<!-- end -->``.  With ``--check`` nothing is written; the exit status is 1 where a
file is not what would be written.
"""

import importlib
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jiyun.language import use

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (
    "jiyun", "tenants", "quotas", "orders", "inventory", "consolidation", "ledger", "operations", "provisioners", "workflows",
    "cli",
)  # fmt: skip
NOTICE = "<!-- Written by `python -m lab.reference` from the code. Change the code, not this file. -->\n"
BLOCK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

EXITS = {
    "DONE": "done",
    "OTHER": "anything else",
    "USAGE": "wrong usage or a bad value",
    "NOT_FOUND": "not found",
    "QUOTA": "refused by quota or capacity",
    "POLICY": "refused by policy",
    "NOT_PERMITTED": "not permitted",
    "CONFLICT": "in conflict with the state of things",
    "EXTERNAL": "hypervisor, SSH or Ansible failed",
    "VERIFICATION": "a verification found something",
}


def main(arguments: list[str]) -> int:
    """0 where all files are as they should be (or were written), 1 where ``--check`` found a difference."""
    os.environ["COLUMNS"] = "80"  # help pages follow the terminal; the documents must not
    use("en")  # before the modules of commands are imported: their texts are chosen then
    changed = [path for path, text in documents() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if arguments == ["--check"]:
        for path in changed:
            print(f"{path.relative_to(ROOT)} is not what the code says; run: python -m lab.reference", file=sys.stderr)
        return 1 if changed else 0
    for path, text in documents():
        path.write_text(text, encoding="utf-8")
    return 0


def documents() -> Iterator[tuple[Path, str]]:
    """Every file with generated parts, and its whole text as it should be."""
    import_all()
    yield ROOT / "docs/commands.md", commands_page()
    yield ROOT / "docs/errors.md", errors_page()
    from lab import diagrams

    operations = ROOT / "docs/operations.md"
    text = operations.read_text(encoding="utf-8")
    yield operations, BLOCK.sub(lambda found: found[1] + diagrams.BLOCKS[found[2]]() + found[3], text)


def import_all() -> None:
    """Import every module that ships, so that every kind of error is declared."""
    for package in PACKAGES:
        folder = importlib.import_module(package)
        for found in pkgutil.walk_packages(folder.__path__, f"{package}."):
            importlib.import_module(found.name)


def commands_page() -> str:
    """Every command with its help page, then settings, formats and exit statuses."""
    import click

    from cli.frame.catalogue import FORMATS, SECTIONS
    from cli.frame.help import root_page
    from cli.frame.lazy import load_entry

    lines = ["# Commands", "", NOTICE, "```text", root_page().rstrip(), "```", ""]
    for section in SECTIONS:
        lines += [f"## {section.title.en}", ""]
        for entry in section.entries:
            loaded = load_entry(entry)
            inner = loaded.commands if isinstance(loaded, click.Group) else {"": loaded}
            for name, command in inner.items():
                path = f"jiyun {entry.name} {name}".rstrip()
                page = command.get_help(click.Context(command, info_name=path))
                lines += [f"### `{path}`", "", "```text", _without_note(page), "```", ""]
    lines += ["## Settings", "", *_settings(), ""]
    lines += ["## Output", "", f"`-o` takes one of: {', '.join(f'`{name}`' for name in FORMATS)}.", ""]
    lines += [
        'With `-o json` an error is one object on standard error: `{"error": {"code", "message", "detail"}}`.',
        "The codes are in [errors.md](errors.md).",
        "",
        "## Exit status",
        "",
        *_exits(),
        "",
    ]
    return "\n".join(lines)


def _without_note(page: str) -> str:
    """A help page without the paragraph that stands on every one of them."""
    return page.partition("\n\nAlso, on every command")[0].rstrip()


def _settings() -> list[str]:
    from jiyun.settings import FILE_NAME, SYSTEM_FILE, VARIABLES

    meaning = {
        "database": "`sqlite:///PATH` or `postgresql://…`; default: `jiyun.db` in the home folder",
        "home": "keys, image cache, job records; default: `/var/lib/jiyun` for root, else the user's data folder",
        "as": "who acts; default: the operating system's user name",
        "lang": "`en` or `zh`; default: by the locale",
    }
    rows = [f"| `--{key}` | `{variable}` | `{key}` | {meaning[key]} |" for key, variable in VARIABLES.items()]
    return [
        "A flag comes before the environment, the environment before a file.",
        f"Files are YAML: `{SYSTEM_FILE}`, then `{FILE_NAME}` in the home folder, which has the last word.",
        "",
        "| flag | environment | key in a file | meaning |",
        "| --- | --- | --- | --- |",
        *rows,
    ]


def _exits() -> list[str]:
    from jiyun.errors import Exit

    return ["| status | meaning |", "| --- | --- |", *(f"| {status.value} | {EXITS[status.name]} |" for status in Exit)]


def errors_page() -> str:
    """Every kind of error and every finding of ``doctor``, in both languages."""
    from jiyun.errors import KINDS
    from workflows import doctor

    lines = ["# Errors", "", NOTICE]
    lines += [
        "Codes and exit statuses are stable. Scripts may rely on them. Sentences may get better.",
        "What stands in braces is filled in; with `-o json` the same values are in `detail`.",
        "",
    ]
    groups: dict[str, list[str]] = {}
    for code in sorted(KINDS):
        groups.setdefault(code.partition(".")[0], []).append(code)
    for group, codes in groups.items():
        lines += [f"## {group}", "", "| code | exit | sentence |", "| --- | --- | --- |"]
        for code in codes:
            found = KINDS[code]
            lines.append(f"| `{code}` | {found.exit.value} | {_cell(found.text.en)}<br>{_cell(found.text.zh)} |")
        lines.append("")
    lines += ["## Findings of `jiyun doctor`", "", "| code | finding | what to do |", "| --- | --- | --- |"]
    for code, (text, advice) in doctor.KINDS.items():
        lines.append(f"| `{code}` | {_cell(text.en)}<br>{_cell(text.zh)} | {_cell(advice.en)}<br>{_cell(advice.zh)} |")
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    """Text as a cell of a table, where a bar would end the cell and a bracket would begin a tag."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

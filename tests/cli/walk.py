"""Prints every command of the modules that exist as JSON: its path, help page, options and examples.

A process of its own, because the language is chosen before the modules are imported.
"""

import importlib.util
import json
import sys

import click

from cli.frame.catalogue import ENTRIES
from cli.frame.lazy import load_entry
from jiyun.language import use


def describe(command: click.Command, path: list[str]) -> list[dict[str, object]]:
    context = click.Context(command, info_name=" ".join(path))
    spellings = [spelling for p in command.get_params(context) for spelling in (*p.opts, *p.secondary_opts)]
    found: list[dict[str, object]] = [
        {
            "path": path,
            "group": isinstance(command, click.Group),
            "page": command.get_help(context),
            "help": command.help,
            "examples": (command.epilog or "").splitlines(),
            "options": spellings,
        }
    ]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            found += describe(inner, [*path, name])
    return found


use(sys.argv[1])
if sys.argv[2:]:
    import cli

    cli.__path__.insert(0, sys.argv[2])
written: list[dict[str, object]] = []
for entry in ENTRIES.values():
    if importlib.util.find_spec(f"cli.{entry.module}"):
        written += describe(load_entry(entry), ["jiyun", entry.name])
print(json.dumps(written))

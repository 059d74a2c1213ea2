"""What a module of commands is made with: ``group``, ``command``, the options that several commands share, ``call``.

    app = group("vm")

    @command(app, "list", t("List machines", "列出虚拟机"), examples=("jiyun vm list -o json",))
    def list_machines(department: Department = None) -> None:
        show(rows, COLUMNS, call().output)

``-o/--output``, ``--lang``, ``--as``, ``--database``, ``--home`` and ``--quiet`` belong to every command already:
they are added in one place (:mod:`cli.frame.lazy`), so no command can forget one or treat it differently.
"""

import sys
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, TypeVar

import click
import typer

from cli.frame.catalogue import ENTRIES
from cli.frame.failure import DECLINED, NEEDS_YES
from cli.frame.lazy import META, Command, Group
from cli.frame.output import Format
from jiyun.language import t
from jiyun.settings import VARIABLES, Settings, load

Function = TypeVar("Function", bound=Callable[..., Any])

DryRun = Annotated[
    bool, typer.Option("--dry-run", help=t("Show what would change, change nothing", "只显示将发生的变化，不作任何改动"))
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=t("Do not ask for confirmation", "不再询问确认"))]
Wait = Annotated[bool, typer.Option("--wait", help=t("Wait until it is done", "等待完成"))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=t("Why; it is kept in the records", "原因；将记入档案"))]
Department = Annotated[
    str | None,
    typer.Option("--department", metavar="NAME", help=t("Only this department and those below it", "仅此部门及其下级")),
]
Month = Annotated[
    str | None, typer.Option("--month", metavar="YYYY-MM", help=t("A month, such as 2026-11", "月份，例如 2026-11"))
]


class Call(NamedTuple):
    """What the global options of this run say."""

    settings: Settings
    output: Format
    quiet: bool


def call() -> Call:
    """The global options of the command that is running; a fault in a settings file raises here."""
    meta = click.get_current_context().meta
    key = f"{META}call"
    if key not in meta:
        settings = load({name: meta.get(META + name) for name in VARIABLES})
        meta[key] = Call(settings, Format(meta.get(f"{META}output", "table")), bool(meta.get(f"{META}quiet")))
    found: Call = meta[key]
    return found


def group(name: str) -> typer.Typer:
    """The application object of the module ``cli.<name>``, for a group or for a single command of the catalogue."""
    return typer.Typer(
        name=name,
        cls=Group,
        help=str(ENTRIES[name].help),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def command(app: typer.Typer, name: str, help: str, *, examples: tuple[str, ...]) -> Callable[[Function], Function]:
    """Register a function as the command ``name``; every command shows how it is used by at least one example."""
    if not examples:
        raise ValueError(f"the command {name} has no example")

    def register(function: Function) -> Function:
        app.command(name, cls=Command, help=help, epilog="\n".join(examples))(function)
        return function

    return register


def confirm(question: str, yes: bool) -> None:
    """Ask before something that cannot be undone; ends the command where the answer is no.

    Where nobody can answer (standard input is no terminal) ``--yes`` is required.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise NEEDS_YES(question=question)
    if not typer.confirm(question, err=True):
        raise DECLINED()

"""The command tree: the first level comes from the catalogue, a module is imported only when it is called.

Also where help pages of commands are put together and where the global options are added to every command.
"""

import importlib
import inspect
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

import click
import typer
from typer.core import TyperCommand, TyperGroup
from typer.models import ArgumentInfo

from cli.frame import help as pages
from cli.frame.catalogue import ENTRIES, GLOBAL_OPTIONS, Entry
from cli.frame.failure import NOT_INSTALLED, PipeBroken
from jiyun import __version__
from jiyun.language import t

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

META = "jiyun."  # prefix of the global options' values in the context's shared notes


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep a global option's value; the innermost command is parsed last and so has the last word."""
    if value not in (None, False):
        context.meta[f"{META}{str(parameter.name).removeprefix('global_')}"] = value


@cache
def global_parameters() -> tuple[click.Option, ...]:
    """The global options as the parser knows them; the same objects serve every command."""
    return tuple(
        click.Option(
            [*option.spellings, f"global_{option.name}"],
            is_flag=not option.metavar,
            type=click.Choice(option.choices) if option.choices else None,
            metavar=option.metavar or None,
            help=str(option.help),
            expose_value=False,
            callback=_remember,
        )
        for option in GLOBAL_OPTIONS
    )


def _default(parameter: click.Parameter) -> str:
    """The default as a note for the help page; switches and absent defaults say nothing."""
    value = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    shown = isinstance(value, str | int) and not isinstance(value, bool) and value != ""
    return t(f" [default: {value}]", f"［默认：{value}］") if shown else ""


def _explanation(parameter: click.Parameter, command: click.Command) -> str:
    """What the parameter is for.  Of an argument the parser forgets it (click 8.5 sets it anew after typer has), so that
    is read from the function's own signature."""
    said = getattr(parameter, "help", None)
    if not said and isinstance(parameter, click.Argument) and command.callback is not None:
        annotation = inspect.unwrap(command.callback).__annotations__.get(str(parameter.name))
        said = next((note.help for note in getattr(annotation, "__metadata__", ()) if isinstance(note, ArgumentInfo)), None)
    return str(said or "")


def _row(parameter: click.Parameter, context: click.Context) -> tuple[str, str]:
    """One line of a help page: how the parameter is written, and what it means."""
    explanation = _explanation(parameter, context.command)
    if isinstance(parameter, click.Option):
        name = ", ".join([*parameter.opts, *parameter.secondary_opts])
        if not parameter.is_flag and not parameter.count:
            name += f" {parameter.make_metavar(context)}"
    else:
        name = parameter.make_metavar(context)
    note = t(" [required]", "［必填］") if parameter.required and isinstance(parameter, click.Option) else _default(parameter)
    return name, explanation + note


def _parameter_lists(command: click.Command, context: click.Context) -> list[str]:
    own = [p for p in command.params if p not in global_parameters() and not getattr(p, "hidden", False)]
    arguments = [_row(p, context) for p in own if isinstance(p, click.Argument)]
    options = [_row(p, context) for p in own if isinstance(p, click.Option)]
    return [*pages.listing(t("Arguments:", "参数："), arguments), *pages.listing(t("Options:", "选项："), options)]


def _head(command: click.Command, context: click.Context) -> list[str]:
    words = [context.command_path, *command.collect_usage_pieces(context)]
    return [pages.usage_line(" ".join(words)), "", *pages.paragraph(command.help or "")]


class Command(TyperCommand):
    """A command with the global options; its epilog is its examples, one a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options_metavar = t("[OPTIONS]", "[选项]")
        self.params = [*self.params, *global_parameters()]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lines = [*_head(self, ctx), *_parameter_lists(self, ctx), *pages.examples((self.epilog or "").splitlines())]
        formatter.write("\n".join([*lines, *pages.global_note()]))


class Group(TyperGroup):
    """A group of commands with the global options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options_metavar = t("[OPTIONS]", "[选项]")
        self.subcommand_metavar = t("COMMAND [ARGS]...", "命令 [参数]...")
        self.suggest_commands = False  # the parser itself suggests; twice is too often
        self.params = [*self.params, *global_parameters()]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, (command.help or "").partition("\n")[0]) for name, command in self.commands.items()]
        lines = [*_head(self, ctx), *_parameter_lists(self, ctx), *pages.listing(t("Commands:", "命令："), rows)]
        formatter.write("\n".join([*lines, *pages.global_note()]))


def _version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"jiyun {__version__}")
        context.exit()


class Root(Group):
    """``jiyun`` itself: its commands are those of the catalogue."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = ENTRIES.get(cmd_name)
        return load_entry(entry) if entry else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in ENTRIES and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=ENTRIES, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(pages.root_page())

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Names and their help from the catalogue: completing the first word imports no module of commands."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(e.name, help=str(e.help)) for e in ENTRIES.values() if e.name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # the parser would end any of these silently, also one from a network connection
            raise PipeBroken from error


def load_entry(entry: Entry) -> click.Command:
    """Import the module of a group or single command and build its part of the tree."""
    name = f"cli.{entry.module}"
    try:
        app: typer.Typer = importlib.import_module(name).app
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise NOT_INSTALLED(command=entry.name, module=name) from None
    return typer.main.get_group(app) if entry.commands else typer.main.get_command(app)


def root(*, completion: bool) -> click.Command:
    """The whole tree; ``completion`` adds typer's options for shell completion, which cost time to make."""
    app = typer.Typer(
        cls=Root,
        add_completion=completion,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)
    return typer.main.get_command(app)

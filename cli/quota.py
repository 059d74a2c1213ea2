"""``jiyun quota``: limits, use and holds along the department tree."""

from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from cli.frame.options import Department, call, command, group
from cli.frame.output import Format
from cli.frame.table import column
from cli.frame.text import terminal_width
from cli.session import report, session
from jiyun.language import t
from jiyun.units import show_mib

if TYPE_CHECKING:
    from workflows.reports import Bar, TreeRow

app = group("quota")
CLOUDS = ("administrative", "public")
COLUMNS = (
    column("tree", "DEPARTMENT", "部门"),
    column("class", "CLASS", "类别", keep=True),
    column("used", "IN USE", "在用", number=True),
    column("held", "HELD", "预占", number=True),
    column("limit", "LIMIT", "上限", number=True),
    column("bar", "", "", keep=True),
)
PLAIN = (
    column("department", "", ""),
    column("title", "", ""),
    column("cloud", "", ""),
    column("class", "", ""),
    column("unit", "", ""),
    column("used", "", "", number=True),
    column("held", "", "", number=True),
    column("limit", "", "", number=True),
)
_BLANK = " "


@command(
    app,
    "show",
    t("Show the quota tree: in use, held, limit", "显示配额树：在用、预占、上限"),
    examples=("jiyun quota show", "jiyun quota show --department taxation --cloud administrative"),
)
def show_quota(
    department: Department = None,
    cloud: Annotated[
        str | None,
        typer.Option(
            click_type=click.Choice(CLOUDS),
            metavar="CLOUD",
            help=t("Only this cloud: administrative or public", "仅此云：administrative 或 public"),
        ),
    ] = None,
) -> None:
    from workflows import reports

    clouds = (cloud,) if cloud else CLOUDS
    with session() as opened:
        trees = {name: reports.quota(opened, department or "", name) for name in clouds}
        if call().output is Format.TABLE:
            shown = [line for name, tree in trees.items() for line in _section(name, tree)]
            legend = t("█ in use  ▒ held  · free  ! over the limit", "█ 在用  ▒ 预占  · 空闲  ! 超限")
            report(opened, shown, COLUMNS, legend=legend)
        else:
            plain = [_plain(name, row, bar) for name, tree in trees.items() for row in tree for bar in row.bars]
            report(opened, plain, PLAIN, clouds=list(clouds))


def _plain(cloud: str, row: "TreeRow", bar: "Bar") -> dict[str, Any]:
    return {
        "department": row.node,
        "title": row.title,
        "cloud": cloud,
        "class": bar.resource_class,
        "unit": "MiB" if _sized(bar) else "",
        "used": bar.active,
        "held": bar.held,
        "limit": bar.limit,
    }


def _section(cloud: str, tree: "tuple[TreeRow, ...]") -> list[dict[str, Any]]:
    """One cloud's tree under a line with its name; nothing where nothing is limited or used in it."""
    blank = {c.id: _BLANK for c in COLUMNS}
    size = 20 if (terminal_width() or 100) >= 100 else 10
    lines = [_line(row, bar, index, size) for row in tree for index, bar in enumerate(row.bars)]
    return [{**blank, "tree": f"[{cloud}]"}, *lines] if lines else []


def _line(row: "TreeRow", bar: "Bar", index: int, size: int) -> dict[str, Any]:
    """A class of a node; the node's name stands in its first line, its title in the second."""

    def amount(value: int | None) -> int | str | None:
        return show_mib(value) if value is not None and _sized(bar) else value

    name = (row.node, row.title)[index] if index < 2 else ""
    return {
        "tree": "  " * row.depth + name or _BLANK,
        "class": bar.resource_class,
        "used": amount(bar.active),
        "held": amount(bar.held),
        "limit": amount(bar.limit),
        "bar": _bar(bar, size),
    }


def _sized(bar: "Bar") -> bool:
    return bar.resource_class == "memory" or bar.resource_class.startswith("disk.")


def _bar(bar: "Bar", size: int) -> str:
    """Filled for in use, half for held, dots for free; "!" where the limit is passed."""
    if bar.limit is None:
        return t("no limit of its own", "本级未设上限")
    over = "!" if bar.used > bar.limit else ""
    most = max(bar.limit, 1)
    active = min(size, -(-bar.active * size // most))
    held = min(size, -(-bar.used * size // most)) - active
    return ("█" * active + "▒" * held + "·" * (size - active - held) if bar.limit else "") + over or _BLANK

"""``jiyun quota``: limits, use and holds along the department tree."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.frame.options import Department, call, command, group
from cli.frame.output import Format
from cli.frame.table import column
from cli.session import report, session
from jiyun.language import t
from jiyun.units import show_mib

if TYPE_CHECKING:
    from workflows.reports import Bar, TreeRow

app = group("quota")
COLUMNS = (
    column("tree", "DEPARTMENT", "部门", keep=True),
    column("class", "CLASS", "类别", keep=True),
    column("used", "IN USE", "在用", number=True),
    column("held", "HELD", "占用", number=True),
    column("limit", "LIMIT", "上限", number=True),
    column("bar", "", "", keep=True),
)
_WIDTH = 20


@command(
    app,
    "show",
    t("Show the quota tree: in use, held, limit", "显示配额树：在用、占用、上限"),
    examples=("jiyun quota show", "jiyun quota show --department taxation --cloud administrative"),
)
def show_quota(
    department: Department = None,
    cloud: Annotated[str, typer.Option(help=t("administrative or public", "administrative 或 public"))] = "administrative",
) -> None:
    from workflows import reports

    with session() as opened:
        rows = reports.quota(opened, department or "", cloud)
        plain = call().output in (Format.JSON, Format.YAML, Format.CSV)
        shown = [_line(row, bar, index, plain) for row in rows for index, bar in enumerate(row.bars)]
        report(opened, shown, COLUMNS, cloud=cloud)


def _line(row: "TreeRow", bar: "Bar", index: int, plain: bool) -> dict[str, Any]:
    def amount(value: int | None) -> int | str | None:
        sized = bar.resource_class == "memory" or bar.resource_class.startswith("disk.")
        return value if plain or value is None or not sized else show_mib(value)

    return {
        "tree": row.node if plain else ("  " * row.depth + row.node if index == 0 else ""),
        "class": bar.resource_class,
        "used": amount(bar.active),
        "held": amount(bar.held),
        "limit": amount(bar.limit),
        "bar": None if plain else _bar(bar),
    }


def _bar(bar: "Bar") -> str:
    """Filled for in use, half for held, dots for free; "!" where the limit is passed."""
    if not bar.limit:
        return "-" * _WIDTH if bar.limit is None else ""
    active = min(_WIDTH, -(-bar.active * _WIDTH // bar.limit))
    held = min(_WIDTH, -(-bar.used * _WIDTH // bar.limit)) - active
    over = "!" if bar.used > bar.limit else ""
    return "█" * active + "▒" * held + "·" * (_WIDTH - active - held) + over

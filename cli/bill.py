"""``jiyun bill``: what a department pays and why."""

from typing import Annotated, Any

import typer

from cli.frame.options import Month, call, command, group
from cli.frame.output import Format
from cli.frame.table import column
from cli.session import report, session
from jiyun import clock
from jiyun.language import t
from jiyun.money import show_exact, show_fen

app = group("bill")
COLUMNS = (
    column("system", "SYSTEM", "系统"),
    column("resource", "RESOURCE", "资源", keep=True),
    column("sku", "ITEM", "计价项"),
    column("quantity", "QUANTITY", "数量", number=True),
    column("unit", "UNIT", "单位"),
    column("start", "FROM", "起"),
    column("end", "TO", "止"),
    column("price", "PRICE", "单价", number=True),
    column("amount", "YUAN", "金额（元）", number=True),
)


@command(
    app,
    "show",
    t("Show the bill of a department and those below it", "显示部门及其下级的账单"),
    examples=("jiyun bill show --department taxation --month 2026-11", "jiyun bill show --department taxation -o json"),
)
def show_bill(
    department: Annotated[str, typer.Option(help=t("The department", "部门"))],
    month: Month = None,
    cutoff: Annotated[
        str, typer.Option(metavar="TIME", help=t("Only what was recorded until then", "仅计入此前记录的内容"))
    ] = "",
) -> None:
    from workflows import reports

    with session() as opened:
        with opened.read() as tx:
            wanted = month or clock.local_month(tx.now)
        bill = reports.bill(opened, department, wanted, clock.parse(cutoff) if cutoff else None)
        plain = call().output in (Format.JSON, Format.YAML)
        rows = [_line(line, plain) for line in bill.lines]
        facts: dict[str, Any] = {
            "department": department,
            "month": wanted,
            "total": show_exact(bill.total),
            "rounding": show_exact(bill.rounding),
            "payable": show_fen(bill.payable),
            "cutoff": clock.iso(bill.cutoff),
            "digest": bill.digest,
            "marks": ", ".join(str(bills_mark) for bills_mark in reports.bill_marks(bill)) or "-",
        }
        if plain:
            facts |= {"total_fen_exact": str(bill.total), "rounding_fen_exact": str(bill.rounding), "payable_fen": bill.payable}
        report(opened, rows, COLUMNS, **facts)


def _line(line: Any, plain: bool) -> dict[str, Any]:
    row = {
        "department": line.department,
        "system": line.system,
        "cloud": line.cloud,
        "resource": line.resource,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit": line.unit,
        "start": clock.iso(line.start),
        "end": clock.iso(line.end),
        "price": f"{line.micro_yuan // 1_000_000}.{line.micro_yuan % 1_000_000:06d}".rstrip("0").rstrip("."),
        "rule": line.rule,
        "book": line.book,
        "amount": show_exact(line.amount),
    }
    return {**row, "amount_fen_exact": str(line.amount)} if plain else row

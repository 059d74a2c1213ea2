"""``jiyun bill``: what a department pays and why."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.frame.options import Month, call, command, group
from cli.frame.output import Format
from cli.frame.table import column
from cli.session import report, session, when
from jiyun import clock
from jiyun.language import t
from jiyun.money import show_exact, show_fen, show_micro_yuan

if TYPE_CHECKING:
    from workflows.reports import Line, Priced

app = group("bill")
DEPARTMENT = column("department", "DEPARTMENT", "部门")
COLUMNS = (
    column("system", "SYSTEM", "系统", spare=True),
    column("resource", "RESOURCE", "资源", keep=True),
    column("sku", "ITEM", "计价项"),
    column("held", "QUANTITY", "数量", number=True),
    column("start", "FROM", "起"),
    column("end", "TO", "止"),
    column("price", "PRICE", "单价", number=True),
    column("unit", "PER", "计价单位", spare=True),
    column("amount", "YUAN", "金额（元）", number=True),
)
FULL = (
    DEPARTMENT,
    column("system", "", ""),
    column("cloud", "", ""),
    column("resource", "", ""),
    column("sku", "", ""),
    column("quantity", "", ""),
    column("base_unit", "", ""),
    column("priced_quantity", "", "", number=True),
    column("start", "", ""),
    column("end", "", ""),
    column("seconds", "", ""),
    column("price", "", "", number=True),
    column("unit", "", ""),
    column("month_seconds", "", ""),
    column("rule", "", ""),
    column("book", "", ""),
    column("amount", "", "", number=True),
    column("amount_fen_exact", "", "", number=True),
)  # what a CSV carries: enough to compute every amount again


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
        output = call().output
        rows = [_line(line, reports.priced(line)) for line in bill.lines]
        facts: dict[str, Any] = {
            "department": department,
            "month": wanted,
            "total": show_exact(bill.total),
            "rounding": show_exact(bill.rounding),
            "payable": show_fen(bill.payable),
            "cutoff": when(bill.cutoff),
            "digest": bill.digest,
            "marks": t(", ", "；").join(reports.bill_marks(bill)) or "-",
        }
        if output in (Format.JSON, Format.YAML):
            facts |= {"total_fen_exact": str(bill.total), "rounding_fen_exact": str(bill.rounding), "payable_fen": bill.payable}
        several = len({line.department for line in bill.lines}) > 1
        report(opened, rows, FULL if output is Format.CSV else (DEPARTMENT, *COLUMNS) if several else COLUMNS, **facts)


def _line(line: "Line", priced: "Priced") -> dict[str, Any]:
    row = {
        "department": line.department,
        "system": line.system,
        "cloud": line.cloud,
        "resource": line.resource,
        "sku": line.sku,
        "quantity": line.quantity,
        "base_unit": priced.base,
        "priced_quantity": priced.quantity,
        "start": when(line.start),
        "end": when(line.end),
        "seconds": line.seconds,
        "price": show_micro_yuan(line.micro_yuan),
        "unit": line.unit,
        "month_seconds": priced.month_seconds,
        "rule": line.rule,
        "book": line.book,
        "amount": show_exact(line.amount),
        "amount_fen_exact": str(line.amount),
    }
    return {**row, "held": f"{priced.quantity} {priced.unit}"} if call().output is Format.TABLE else row

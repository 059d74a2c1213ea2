"""``jiyun usage``: what was held, from when to when."""

from typing import Annotated

import typer

from cli.frame.options import Month, command, group
from cli.frame.table import column
from cli.session import report, session, when
from jiyun import clock
from jiyun.language import t

app = group("usage")
COLUMNS = (
    column("department", "DEPARTMENT", "部门", spare=True),
    column("system", "SYSTEM", "系统", spare=True),
    column("resource", "RESOURCE", "资源", keep=True),
    column("sku", "ITEM", "计价项"),
    column("quantity", "QUANTITY", "数量", number=True),
    column("unit", "UNIT", "单位"),
    column("start", "FROM", "起"),
    column("end", "TO", "止"),
)


@command(
    app,
    "show",
    t("Show what a department and those below it held in a month", "显示部门及其下级某月的用量"),
    examples=("jiyun usage show --department taxation", "jiyun usage show --department taxation --month 2026-11 -o csv"),
)
def show_usage(department: Annotated[str, typer.Option(help=t("The department", "部门"))], month: Month = None) -> None:
    from workflows import reports

    with session() as opened:
        with opened.read() as tx:
            wanted = month or clock.local_month(tx.now)
        usage = reports.usage(opened, department, wanted)
        rows = [
            {
                "department": interval.department,
                "system": interval.system,
                "resource": interval.resource,
                "sku": interval.sku,
                "quantity": interval.quantity,
                "unit": reports.base_unit(interval.sku),
                "start": when(interval.start),
                "end": when(interval.end),
            }
            for interval in usage.intervals
        ]
        report(opened, rows, COLUMNS, month=wanted, findings=len(usage.findings))

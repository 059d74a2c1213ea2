"""``jiyun audit``: the log of every change, and its proof."""

import json
from typing import Annotated

import typer

from cli.frame.options import Department, command, group
from cli.frame.table import column
from cli.session import report, report_one, session, when
from jiyun.errors import Exit
from jiyun.language import t

app = group("audit")
COLUMNS = (
    column("seq", "NO", "序号", number=True),
    column("time", "TIME", "时间", keep=True),
    column("actor", "WHO", "操作人"),
    column("action", "WHAT", "操作", keep=True),
    column("subject", "ON", "对象", keep=True),
    column("department", "DEPARTMENT", "部门", spare=True),
    column("detail", "DETAIL", "内容"),
)
VERDICT = (
    column("ok", "VERIFIED", "校验结果"),
    column("entries", "AUDIT ENTRIES", "审计条目", number=True),
    column("head", "AUDIT HEAD", "审计链头"),
    column("usage_events", "USAGE EVENTS", "用量事件", number=True),
    column("usage_head", "USAGE HEAD", "用量链头"),
    column("findings", "FINDINGS", "问题"),
)


@command(
    app,
    "log",
    t("Show the newest entries of the audit log", "显示最新审计条目"),
    examples=("jiyun audit log --subject ord-000001", "jiyun audit log --count 200 -o json"),
)
def log(
    subject: Annotated[str, typer.Option(help=t("Only about this order, machine or host", "仅关于此申请、虚机或主机"))] = "",
    department: Department = None,
    count: Annotated[int, typer.Option(min=1, max=100_000, help=t("How many", "条数"))] = 50,
) -> None:
    from workflows import reports

    with session() as opened:
        rows = reports.audit_log(opened, subject, department or "", count)
        report(opened, [{**row, "time": when(row["at"]), "detail": json.loads(row["detail"])} for row in rows], COLUMNS)


@command(
    app,
    "verify",
    t("Recompute the chains; exit status 9 where they do not hold", "重新计算哈希链；不成立时退出码为 9"),
    examples=("jiyun audit verify", "jiyun audit verify --head HASH-NOTED-EARLIER"),
)
def verify(
    head: Annotated[
        str, typer.Option(metavar="HASH", help=t("A head noted earlier: it must still be there", "此前记下的链头：必须仍在链中"))
    ] = "",
) -> None:
    from workflows import reports

    with session() as opened:
        found = reports.verify(opened, head)
        findings = [f"{bad.seq}: {bad.what}" for bad in (*found.audit.findings, *found.usage.findings)]
        row = {
            "ok": not findings,
            "entries": found.audit.entries,
            "head": found.audit.head,
            "usage_events": found.usage.entries,
            "usage_head": found.usage.head,
            "findings": findings,
        }
        report_one(opened, row, VERDICT)
    if findings:
        raise typer.Exit(Exit.VERIFICATION)

"""``jiyun doctor``: does everything agree?"""

import typer

from cli.frame.options import call, command, group
from cli.frame.output import Format, show
from cli.frame.table import column
from cli.session import session
from jiyun.errors import Exit
from jiyun.language import t

app = group("doctor")
COLUMNS = (
    column("code", "FINDING", "问题", keep=True),
    column("where", "WHERE", "位置", keep=True),
    column("what", "WHAT", "说明"),
    column("advice", "WHAT TO DO", "处理办法"),
)


@command(
    app,
    "doctor",
    t(
        "Check the store with itself and with its hosts; exit status 9 on a finding",
        "核对数据库自身及其与主机是否一致；有问题时退出码为 9",
    ),
    examples=("jiyun doctor", "jiyun doctor -o json"),
)
def doctor() -> None:
    from dataclasses import asdict

    from workflows.doctor import examine

    with session() as opened:
        findings = examine(opened)
    output = call().output
    if findings or output is not Format.TABLE:
        show([asdict(finding) for finding in findings], COLUMNS, output)
    else:
        print(t("Nothing is amiss.", "一切正常。"))
    if findings:
        raise typer.Exit(Exit.VERIFICATION)

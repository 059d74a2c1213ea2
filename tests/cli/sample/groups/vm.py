"""A module of commands as the real ones are written, for the tests of the frame."""

import time
from typing import Annotated

import typer

from cli.frame.options import Department, DryRun, Reason, Yes, call, command, confirm, group
from cli.frame.output import document, show, show_one
from cli.frame.progress import progress
from cli.frame.table import column
from jiyun.errors import Exit, kind
from jiyun.language import t

SHORT = kind("sample.quota", Exit.QUOTA, en="Asked {asked}, left {left} for {name}.", zh="{name} 申请 {asked}，剩余 {left}。")

COLUMNS = (
    column("name", "NAME", "名称", keep=True),
    column("title", "TITLE", "用途"),
    column("vcpu", "VCPU", "核数", number=True),
)
ROWS = [
    {"name": "web-01", "title": "政务服务大厅统一受理平台前端服务器", "vcpu": 2, "extra": "only in data"},
    {"name": "db-01", "title": '=HYPERLINK("http://x")\x1b[2J', "vcpu": 16, "extra": None},
]

app = group("vm")


@command(app, "list", t("List machines", "列出虚拟机"), examples=("jiyun vm list -o json", "jiyun vm list --department 卫健委"))
def list_(department: Department = None) -> None:
    show(ROWS if department != "none" else [], COLUMNS, call().output)


@command(app, "show", t("Show one machine", "显示一台虚拟机"), examples=("jiyun vm show web-01",))
def show_(name: Annotated[str, typer.Argument(help=t("Its name", "名称"))]) -> None:
    show_one(next(row for row in ROWS if row["name"] == name), COLUMNS, call().output)


@command(app, "start", t("Start", "启动"), examples=("jiyun vm start web-01",))
def start(name: str, count: Annotated[int, typer.Option(help=t("How many", "数量"))] = 1, dry_run: DryRun = False) -> None:
    raise SHORT(name=name, asked=count, left=0)


@command(app, "stop", t("Stop", "停止"), examples=("jiyun vm stop web-01",))
def stop(name: str, reason: Reason) -> None:
    raise RuntimeError(f"secret at postgresql://u:hunter2@h/{name}")


@command(app, "reboot", t("Reboot", "重启"), examples=("jiyun vm reboot web-01",))
def reboot(name: str) -> None:
    with progress(t("Rebooting", "正在重启"), quiet=call().quiet) as shown:
        shown.step(f"[bold]{name}")
        shown.bytes(1, 2)
    print("done")


@command(app, "console", t("Wait", "等待"), examples=("jiyun vm console",))
def console() -> None:
    print("waiting", flush=True)
    time.sleep(60)


@command(app, "ssh", t("Print settings", "显示设置"), examples=("jiyun vm ssh",))
def ssh() -> None:
    settings = call().settings
    document(
        {"database": settings.shown_database(), "home": str(settings.home), "as": settings.actor, "lang": settings.lang},
        call().output,
    )


@command(app, "delete", t("Delete", "删除"), examples=("jiyun vm delete web-01",))
def delete(yes: Yes = False) -> None:
    confirm(t("Delete?", "删除？"), yes)
    for number in range(100_000):
        print("line", number)
    raise typer.Exit(9)

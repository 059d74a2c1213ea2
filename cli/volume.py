"""``jiyun volume``: disks of machines."""

from cli.frame.options import call, command, group
from cli.frame.output import show
from cli.frame.table import column
from cli.session import session
from jiyun.language import t
from jiyun.units import show_mib

app = group("volume")
LIST = (
    column("id", "VOLUME", "存储卷", keep=True),
    column("machine", "MACHINE", "虚机", keep=True),
    column("hostname", "HOSTNAME", "主机名"),
    column("department", "DEPARTMENT", "部门", spare=True),
    column("role", "ROLE", "用途"),
    column("size", "SIZE", "容量", number=True),
    column("tier", "TIER", "层级", spare=True),
    column("pool", "POOL", "存储池", spare=True),
    column("state", "STATE", "状态"),
)


@command(app, "list", t("List volumes", "列出存储卷"), examples=("jiyun volume list", "jiyun volume list -o json"))
def list_volumes() -> None:
    from workflows import lists

    with session() as opened:
        rows = lists.volumes(opened)
    show([{**row, "size": show_mib(row["size_mib"])} for row in rows], LIST, call().output)

"""``jiyun segment``: network segments."""

from cli.frame.options import call, command, group
from cli.frame.output import show
from cli.frame.table import column
from cli.session import session
from jiyun.language import t

app = group("segment")
LIST = (
    column("name", "SEGMENT", "网段", keep=True),
    column("department", "DEPARTMENT", "部门", spare=True),
    column("cloud", "CLOUD", "云"),
    column("site", "SITE", "站点", spare=True),
    column("ipv4_cidr", "IPV4", "IPv4", keep=True),
    column("ipv6_cidr", "IPV6", "IPv6", keep=True, spare=True),
    column("used", "USED", "已用", number=True),
    column("egress", "EGRESS", "出口", spare=True),
)


@command(app, "list", t("List network segments", "列出网段"), examples=("jiyun segment list",))
def list_segments() -> None:
    from workflows import lists

    with session() as opened:
        rows = lists.segments(opened)
    show(rows, LIST, call().output)

"""``jiyun flavor``: sizes of machines."""

from cli.frame.options import call, command, group
from cli.frame.output import show
from cli.frame.table import column
from cli.session import session
from jiyun.language import t
from jiyun.units import show_mib

app = group("flavor")
COLUMNS = (
    column("name", "FLAVOR", "规格", keep=True),
    column("vcpus", "VCPU", "核数", number=True),
    column("memory", "MEMORY", "内存", number=True),
    column("root", "ROOT DISK", "系统盘", number=True),
)


@command(app, "list", t("List flavors", "列出规格"), examples=("jiyun flavor list",))
def list_flavors() -> None:
    from workflows import reports

    with session() as opened:
        rows = reports.flavor_list(opened)
    shown = [{**row, "memory": show_mib(row["memory_mib"]), "root": show_mib(row["root_mib"])} for row in rows]
    show(shown, COLUMNS, call().output)

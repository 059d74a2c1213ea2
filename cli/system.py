"""``jiyun system``: application systems."""

from cli.frame.options import call, command, group
from cli.frame.output import show
from cli.frame.table import column
from cli.session import session
from jiyun.language import t

app = group("system")
COLUMNS = (
    column("name", "SYSTEM", "系统", keep=True),
    column("title_zh", "TITLE (ZH)", "中文名"),
    column("title_en", "TITLE (EN)", "英文名", spare=True),
    column("department", "DEPARTMENT", "部门"),
    column("cloud", "CLOUD", "云"),
    column("protection_level", "LEVEL", "等保级别", number=True),
    column("sharing", "SHARING", "共享", spare=True),
    column("machines", "MACHINES", "虚机数", number=True),
    column("source", "SOURCE", "出处", spare=True),
)


@command(app, "list", t("List application systems", "列出应用系统"), examples=("jiyun system list",))
def list_systems() -> None:
    from workflows import reports

    with session() as opened:
        rows = reports.system_list(opened)
    show(rows, COLUMNS, call().output)

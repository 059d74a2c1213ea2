"""``jiyun department``: the tenants."""

from cli.frame.options import call, command, group
from cli.frame.output import show
from cli.frame.table import column
from cli.session import session
from jiyun.language import t

app = group("department")
COLUMNS = (
    column("name", "DEPARTMENT", "部门", keep=True),
    column("title_zh", "TITLE (ZH)", "中文名"),
    column("title_en", "TITLE (EN)", "英文名"),
    column("level", "LEVEL", "级别"),
    column("parent", "UNDER", "上级"),
)


@command(app, "list", t("List departments", "列出部门"), examples=("jiyun department list",))
def list_departments() -> None:
    from workflows import reports

    with session() as opened:
        rows = [found._asdict() for found in reports.department_list(opened)]
    show(rows, COLUMNS, call().output)

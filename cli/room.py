"""``jiyun room``: the departments' old machine rooms."""

from dataclasses import asdict

from cli.frame.options import command, group
from cli.frame.table import column
from cli.session import report, session
from jiyun.language import t

app = group("room")
COLUMNS = (
    column("name", "ROOM", "机房", keep=True),
    column("department", "DEPARTMENT", "部门"),
    column("title_zh", "TITLE (ZH)", "中文名", spare=True),
    column("racks", "RACKS", "机柜", number=True),
    column("area", "M2", "平方米", number=True),
    column("power", "KW", "千瓦", number=True),
    column("state", "STATE", "状态"),
    column("planned_closure", "TO CLOSE", "计划关停", keep=True),
)


@command(app, "list", t("List the machine rooms that are to close", "列出待关停的机房"), examples=("jiyun room list",))
def list_rooms() -> None:
    from workflows import reports

    with session() as opened:
        rows = [
            {
                **asdict(room),
                "area": f"{room.floor_dm2 // 100}.{room.floor_dm2 % 100:02d}",
                "power": f"{room.power_w // 1000}.{room.power_w % 1000:03d}",
            }
            for room in reports.room_list(opened)
        ]
        report(opened, rows, COLUMNS)

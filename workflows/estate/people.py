"""Departments, people with their roles, application systems, hosted equipment and legacy machine rooms."""

from dataclasses import dataclass, field
from datetime import date

from jiyun.language import Text
from tenants.departments import LEVELS
from workflows.estate.fields import Choice, Day, Flag, Line, Pattern, Whole
from workflows.estate.records import ListOf, about, synthetic
from workflows.estate.references import SLUG, Grant, Reference, RoleAt

_ENTRY = Pattern(
    Text(
        "an id of the resource directory: letters, digits, dots, slashes, hyphens", "资源目录编号：字母、数字、点、斜线、连字符"
    ),
    r"[A-Za-z0-9][A-Za-z0-9./_-]*",
    64,
)
_SOURCE = "Document that gives it, such as S4 M04"
_SOURCE_ZH = "出处，例如 S4 M04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A tenant.  The one department without a parent is the city."""

    name: str = field(metadata=about(SLUG, "Name", "名称"))
    title_zh: str = field(metadata=about(Line(), "Title in Chinese", "中文名"))
    title_en: str = field(default="", metadata=about(Line(), "Title in English", "英文名"))
    level: str = field(metadata=about(Choice(LEVELS), "Administrative level", "行政级别"))
    parent: str = field(
        default="", metadata=about(Reference("departments"), "The department above; the root has none", "上级部门；根部门没有")
    )
    synthetic: bool = field(default=False, metadata=synthetic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who acts, in the roles granted."""

    name: str = field(metadata=about(SLUG, "Login name", "登录名"))
    title_zh: str = field(metadata=about(Line(), "Name or post in Chinese", "中文姓名或职务"))
    title_en: str = field(default="", metadata=about(Line(), "Name or post in English", "英文姓名或职务"))
    department: str = field(
        metadata=about(
            Reference("departments"), "Where the person works; a supplier's contract partner", "所在部门；供应商为合同甲方"
        )
    )
    roles: tuple[Grant, ...] = field(
        metadata=about(ListOf(RoleAt(), least=1), "What the person may do, and where", "角色及其部门范围")
    )
    synthetic: bool = field(default=False, metadata=synthetic())


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """An application system, to which every allocation is bound (M04)."""

    name: str = field(metadata=about(SLUG, "Name", "名称"))
    title_zh: str = field(metadata=about(Line(), "Title in Chinese", "中文名"))
    title_en: str = field(default="", metadata=about(Line(), "Title in English", "英文名"))
    department: str = field(metadata=about(Reference("departments"), "The department that owns it", "主管部门"))
    cloud: str = field(metadata=about(Reference("clouds"), "The cloud that it runs in (M08)", "所在云（M08）"))
    protection_level: int = field(metadata=about(Whole(1, 4), "Protection level (MLPS)", "等级保护级别"))
    sharing: str = field(
        metadata=about(
            Choice(("shared", "registered", "missing")),
            "Data sharing: in use by others, in the directory, or neither (M35)",
            "数据共享：已共享、已登记目录、未登记（M35）",
        )
    )
    directory_entry: str = field(
        default="", metadata=about(_ENTRY, "Entry of the resource directory (M37)", "资源目录条目（M37）")
    )
    unnamed_in_source: bool = field(
        default=False, metadata=about(Flag(), "true: the source counts it without naming it", "true：来源计入但未列名")
    )
    source: str = field(default="", metadata=about(Line(), _SOURCE, _SOURCE_ZH))
    synthetic: bool = field(default=False, metadata=synthetic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """A department's own equipment that stands at a city site (M06); power is in watts."""

    name: str = field(metadata=about(SLUG, "Name", "名称"))
    title_zh: str = field(metadata=about(Line(), "Title in Chinese", "中文名"))
    title_en: str = field(default="", metadata=about(Line(), "Title in English", "英文名"))
    department: str = field(metadata=about(Reference("departments"), "The owner", "所有部门"))
    site: str = field(metadata=about(Reference("sites"), "Where it stands", "所在站点"))
    servers: int = field(metadata=about(Whole(1, 10_000), "Number of servers", "服务器台数"))
    rack_units: int = field(metadata=about(Whole(1, 100_000), "Rack units", "机架单位（U）"))
    power_watts: int = field(metadata=about(Whole(1, 10_000_000), "Power, watts", "功率（瓦）"))
    source: str = field(default="", metadata=about(Line(), _SOURCE, _SOURCE_ZH))
    synthetic: bool = field(default=False, metadata=synthetic())


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyRoom:
    """A machine room from before the cloud (M22, M23): it is to shrink and close."""

    name: str = field(metadata=about(SLUG, "Name", "名称"))
    title_zh: str = field(metadata=about(Line(), "Title in Chinese", "中文名"))
    title_en: str = field(default="", metadata=about(Line(), "Title in English", "英文名"))
    department: str = field(metadata=about(Reference("departments"), "The owner", "所有部门"))
    racks: int = field(metadata=about(Whole(0, 10_000), "Racks in use", "在用机柜数"))
    floor_area_m2: int = field(metadata=about(Whole(0, 100_000), "Floor area, square metres", "面积（平方米）"))
    power_kw: int = field(metadata=about(Whole(0, 100_000), "Power, kilowatts", "功率（千瓦）"))
    state: str = field(
        default="in-use",
        metadata=about(
            Choice(("in-use", "migrating", "drained", "powered-off", "handed-over")), "How far its closure is", "关停进度"
        ),
    )
    planned_closure: date | None = field(default=None, metadata=about(Day(), "Day on which it is to be closed", "计划关停日期"))
    source: str = field(default="", metadata=about(Line(), _SOURCE, _SOURCE_ZH))
    synthetic: bool = field(default=False, metadata=synthetic())

"""What can be had and at what price: quotas, flavors, images, price books.  Sizes are MiB, prices micro-yuan."""

from dataclasses import dataclass, field
from datetime import date

from jiyun.language import Text
from workflows.estate.fields import Choice, Day, Line, Money, Pattern, Size, Whole
from workflows.estate.records import ListOf, RecordOf, about, synthetic
from workflows.estate.references import DOTTED, SKU, UNITS, Limit, Limits, Reference

_GIB = 1024
_TIB = 1024 * _GIB
_SHA256 = Pattern(Text("a SHA-256 of 64 lowercase hexadecimal digits", "64 位小写十六进制的 SHA-256"), "[0-9a-f]{64}", 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a department and all below it may hold in one cloud.  A class that is not listed has no limit of its own here;
    the limits of the departments above always bind too."""

    department: str = field(metadata=about(Reference("departments"), "The department", "部门"))
    cloud: str = field(metadata=about(Reference("clouds"), "The cloud", "云"))
    limits: tuple[Limit, ...] = field(metadata=about(Limits(), "Most that may be held, by resource class", "各资源类别的上限"))
    synthetic: bool = field(default=False, metadata=synthetic())

    def limit(self, resource: str) -> int | None:
        """The limit of a resource class; ``None`` where this quota sets none."""
        return next((limit.amount for limit in self.limits if limit.resource == resource), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavor:
    """A size of machine."""

    name: str = field(metadata=about(DOTTED, "Name", "名称"))
    vcpus: int = field(metadata=about(Whole(1, 128), "Processors", "处理器数"))
    memory: int = field(metadata=about(Size(64, 4 * _TIB), "Memory", "内存"))
    root_disk: int = field(metadata=about(Size(16, 16 * _TIB), "Root disk", "系统盘"))
    synthetic: bool = field(default=False, metadata=synthetic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What a machine boots from.  ``sha256`` is that of ``file``; a built image has neither."""

    name: str = field(metadata=about(DOTTED, "Name", "名称"))
    kind: str = field(
        metadata=about(
            Choice(("debian", "disk", "tiny")),
            "debian: Debian's packages; disk: a disk file that boots by itself; tiny: kernel and busybox",
            "debian：Debian 软件包；disk：可自启动的磁盘文件；tiny：内核加 busybox",
        )
    )
    how: str = field(
        metadata=about(Choice(("build", "file")), "Built by Jiyun, or brought as a file", "由集云构建，或由文件导入")
    )
    file: str = field(default="", metadata=about(Line(400), "Path of the file, for how: file", "文件路径（how: file 时）"))
    sha256: str = field(
        default="", metadata=about(_SHA256, "SHA-256 of the file, for how: file", "文件的 SHA-256（how: file 时）")
    )
    synthetic: bool = field(default=False, metadata=synthetic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of one unit, in micro-yuan."""

    sku: str = field(metadata=about(SKU, "What is priced", "计价项"))
    unit: str = field(metadata=about(UNITS, "Unit of the price; it goes with the sku", "计价单位，须与计价项相符"))
    price: int = field(metadata=about(Money(), "Yuan per unit", "单价（元）"))
    month_rule: str = field(
        default="actual",
        metadata=about(
            Choice(("actual", "fixed730")), "A month is its actual hours, or always 730", "按当月实际小时数，或固定 730 小时"
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBook:
    """Prices in force from ``valid_from`` up to, not including, ``valid_to``."""

    version: str = field(metadata=about(DOTTED, "Version; never reused for other prices", "版本，不得用于其他价格"))
    valid_from: date = field(metadata=about(Day(), "First day", "生效日"))
    valid_to: date | None = field(
        default=None, metadata=about(Day(), "First day on which it is no longer valid", "失效日（当日起不再有效）")
    )
    entries: tuple[Price, ...] = field(metadata=about(ListOf(RecordOf(Price), key=("sku",), least=1), "The prices", "价目"))
    synthetic: bool = field(default=False, metadata=synthetic())

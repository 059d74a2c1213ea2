"""Types that point at other entries: references, roles at departments, limits per resource class."""

import re
from dataclasses import dataclass
from typing import Any

from jiyun.language import Text
from tenants.roles import ROLES
from workflows.estate.document import SHAPES, Mapping, Node
from workflows.estate.fields import Choice, Pattern, Size, Whole, scalar
from workflows.estate.findings import shorten
from workflows.estate.problems import ESTATE_BAD_VALUE, ESTATE_NOT_PERMITTED, ESTATE_UNKNOWN_FIELD, ESTATE_WRONG_SHAPE
from workflows.estate.reading import Invalid, Spot

_SLUG = "[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"
SLUG = Pattern(
    Text(
        "a name of 1 to 40 lowercase letters, digits and inner hyphens",
        "由 1 至 40 个小写字母、数字及中间的连字符组成的名称",
    ),
    _SLUG,
    40,
)
DOTTED = Pattern(
    Text(
        "a name such as small.1: lowercase letters, digits, inner hyphens and dots",
        "形如 small.1 的名称：小写字母、数字、中间的连字符和点",
    ),
    r"[a-z0-9](?:[a-z0-9.-]{0,38}[a-z0-9])?",
    40,
)

_COUNTS = ("vcpu", "machines", "volumes", "addresses")
_TIB = 1024 * 1024
COUNT = Whole(0, 1_000_000)
AMOUNT = Size(0, 1024 * _TIB)


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of an entry of another section, such as ``departments``."""

    section: str

    @property
    def expected(self) -> Text:
        return Text(f"the name of an entry of {self.section}", f"{self.section} 中一个条目的名称")

    def read(self, node: Node, spot: Spot) -> str | Invalid:
        value = SLUG.read(node, spot)
        if not isinstance(value, Invalid):
            spot.reading.references.append((spot, self.section, value))
        return value

    def schema(self) -> dict[str, Any]:
        return SLUG.schema()


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role that a person has at a department and below it."""

    role: str
    department: str

    def __str__(self) -> str:
        return f"{self.role}@{self.department}"


@dataclass(frozen=True, slots=True)
class RoleAt:
    """``role@department``."""

    expected = Text(f"role@department, the role being one of {', '.join(ROLES)}", f"“角色@部门”，角色为 {'、'.join(ROLES)} 之一")

    def read(self, node: Node, spot: Spot) -> Grant | Invalid:
        value = scalar(node, spot, self.expected)
        if isinstance(value, Invalid):
            return value
        role, at, department = value.text.partition("@")
        if not at or not re.fullmatch(_SLUG, department):
            return spot.refuse(ESTATE_BAD_VALUE, value=shorten(value.text), expected=self.expected)
        if role not in ROLES:
            return spot.refuse(ESTATE_NOT_PERMITTED, value=shorten(role), permitted=ROLES, word=role)
        spot.reading.references.append((spot, "departments", department))
        return Grant(role, department)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{'|'.join(ROLES)})@{_SLUG}$", "maxLength": 60}


@dataclass(frozen=True, slots=True, order=True)
class Limit:
    """How much of a resource class: MiB for ``memory`` and ``disk.<tier>``, a count for the others."""

    resource: str
    amount: int


@dataclass(frozen=True, slots=True)
class Limits:
    """A mapping of resource classes to amounts."""

    expected = Text(
        f"a mapping of {', '.join(_COUNTS)} (counts), memory and disk.TIER (sizes)",
        f"{'、'.join(_COUNTS)}（数量）、memory 与 disk.层级（容量）的映射",
    )

    def read(self, node: Node, spot: Spot) -> tuple[Limit, ...] | Invalid:
        """The limits, sorted by resource class."""
        if not isinstance(node, Mapping):
            return spot.refuse(ESTATE_WRONG_SHAPE, expected=self.expected, found=SHAPES[type(node)])
        limits: list[Limit] = []
        for key, value in node.entries:
            place = spot.child(key.text)
            place.here(key)
            if not re.fullmatch(RESOURCE.pattern, key.text):
                permitted = (*_COUNTS, "memory", "disk.standard")
                place.refuse(ESTATE_UNKNOWN_FIELD, value=shorten(key.text), permitted=permitted, word=key.text)
                continue
            place.here(value)
            amount = (COUNT if key.text in _COUNTS else AMOUNT).read(value, place)
            if not isinstance(amount, Invalid):
                limits.append(Limit(key.text, amount))
        return tuple(sorted(limits))

    def schema(self) -> dict[str, Any]:
        properties = {name: COUNT.schema() for name in _COUNTS} | {"memory": AMOUNT.schema()}
        return {
            "type": "object",
            "properties": properties,
            "patternProperties": {rf"^disk\.{_SLUG}$": AMOUNT.schema()},
            "additionalProperties": False,
        }


RESOURCE = Pattern(Text("a resource class", "资源类别"), rf"{'|'.join(_COUNTS)}|memory|disk\.{_SLUG}", 60)
SKU = Pattern(
    Text("vcpu, memory, address or disk.TIER", "vcpu、memory、address 或 disk.层级"), rf"vcpu|memory|address|disk\.{_SLUG}", 60
)
UNITS = Choice(("vCPU·month", "GiB·month", "address·month"))
UNIT_OF = {"vcpu": "vCPU·month", "memory": "GiB·month", "disk": "GiB·month", "address": "address·month"}

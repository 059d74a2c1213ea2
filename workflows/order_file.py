"""An application from options or from a YAML file with the same fields; options win over the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from inventory import declared
from jiyun import units
from orders.problems import FILE_INVALID, MISSING_FIELD
from orders.spec import MAX_DISK_MIB, OrderSpec
from workflows.estate.document import LARGEST, parse
from workflows.estate.fields import Line, Size
from workflows.estate.findings import START, Collector
from workflows.estate.problems import ESTATE_NO_VALUE, ESTATE_UNREADABLE
from workflows.estate.reading import Reading, Spot
from workflows.estate.records import ListOf, RecordOf, about
from workflows.estate.references import DOTTED, SLUG
from workflows.session import Session

REQUIRED = ("system", "flavor", "image", "segment", "hostname")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    """The fields of an order file; the department and the cloud follow from the system."""

    system: str = field(default="", metadata=about(SLUG, "The application system", "应用系统"))
    flavor: str = field(default="", metadata=about(DOTTED, "The flavor", "规格"))
    image: str = field(default="", metadata=about(DOTTED, "The image", "镜像"))
    segment: str = field(default="", metadata=about(SLUG, "The network segment", "网段"))
    hostname: str = field(default="", metadata=about(SLUG, "The machine's name", "主机名"))
    disks: tuple[int, ...] = field(default=(), metadata=about(ListOf(Size(1, MAX_DISK_MIB)), "Data disks", "数据盘"))
    tier: str = field(default="", metadata=about(SLUG, "Storage tier", "存储层级"))
    ssh_keys: tuple[str, ...] = field(
        default=(), metadata=about(ListOf(Line(2200)), "Public keys that may log in", "可登录的公钥")
    )
    purpose: str = field(default="", metadata=about(Line(500), "What it is for", "用途"))


def read_order_file(path: Path) -> OrderFile:
    """The fields in ``path``; errors name file, line, column and field."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ESTATE_UNREADABLE(file=str(path), reason=reason) from None
    problems = Collector(str(path), FILE_INVALID)
    root = parse(content, problems)
    if root is None:
        problems.add(ESTATE_NO_VALUE, START, "", expected=RecordOf(OrderFile).expected)
        raise problems.error()
    found = RecordOf(OrderFile).read(root, Spot(Reading(problems)))
    if problems.problems or not isinstance(found, OrderFile):
        raise problems.error()
    return found


def read_spec(session: Session, file: str, options: Mapping[str, Any]) -> OrderSpec:
    """The application that a file (or "") and options make together."""
    base = read_order_file(Path(file)) if file else OrderFile()
    value = {entry.name: options.get(entry.name) or getattr(base, entry.name) for entry in fields(OrderFile)}
    for name in REQUIRED:
        if not value[name]:
            raise MISSING_FIELD(field=name)
    disks = tuple(units.parse_mib(size) if isinstance(size, str) else size for size in value.pop("disks"))
    keys = tuple(value.pop("ssh_keys"))
    tier = value.pop("tier") or "standard"
    with session.read() as tx:
        system = declared.system(tx, value["system"])
    return OrderSpec(department=system["department"], cloud=system["cloud"], disks_mib=disks, ssh_keys=keys, tier=tier, **value)

"""The estate as one frozen value, and with it the declaration of every section of the file."""

from dataclasses import dataclass, field

from workflows.estate.catalogue import Flavor, Image, Price, PriceBook, Quota
from workflows.estate.fields import Whole
from workflows.estate.people import Department, Hosting, LegacyRoom, Person, System
from workflows.estate.places import Cloud, Host, Pool, Segment, Site
from workflows.estate.records import ListOf, RecordOf, about
from workflows.estate.references import Grant, Limit

__all__ = [
    "Cloud",
    "Department",
    "Estate",
    "Flavor",
    "Grant",
    "Host",
    "Hosting",
    "Image",
    "LegacyRoom",
    "Limit",
    "Person",
    "Pool",
    "Price",
    "PriceBook",
    "Quota",
    "Segment",
    "Site",
    "System",
]

_NAMED = ("name",)


def _section(cls: type, *key: str) -> ListOf:
    return ListOf(RecordOf(cls), key=key or _NAMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Everything that one estate file declares, each section in the order of the file."""

    format: int = field(metadata=about(Whole(1, 1), "Version of this file format", "文件格式版本"))
    sites: tuple[Site, ...] = field(default=(), metadata=about(_section(Site), "Buildings", "站点"))
    clouds: tuple[Cloud, ...] = field(default=(), metadata=about(_section(Cloud), "The two clouds", "两个云"))
    hosts: tuple[Host, ...] = field(default=(), metadata=about(_section(Host), "Hypervisors", "主机"))
    departments: tuple[Department, ...] = field(default=(), metadata=about(_section(Department), "The department tree", "部门树"))
    people: tuple[Person, ...] = field(default=(), metadata=about(_section(Person), "People and their roles", "人员与角色"))
    systems: tuple[System, ...] = field(default=(), metadata=about(_section(System), "Application systems", "应用系统"))
    hostings: tuple[Hosting, ...] = field(default=(), metadata=about(_section(Hosting), "Hosted equipment", "托管设备"))
    segments: tuple[Segment, ...] = field(default=(), metadata=about(_section(Segment), "Network segments", "网段"))
    quotas: tuple[Quota, ...] = field(
        default=(), metadata=about(_section(Quota, "department", "cloud"), "Quotas by department and cloud", "按部门和云的配额")
    )
    flavors: tuple[Flavor, ...] = field(default=(), metadata=about(_section(Flavor), "Sizes of machines", "规格"))
    images: tuple[Image, ...] = field(default=(), metadata=about(_section(Image), "Images", "镜像"))
    price_books: tuple[PriceBook, ...] = field(
        default=(), metadata=about(_section(PriceBook, "version"), "Price books by date", "按日期的价目表")
    )
    legacy_rooms: tuple[LegacyRoom, ...] = field(
        default=(), metadata=about(_section(LegacyRoom), "Machine rooms to be closed", "待关停的旧机房")
    )

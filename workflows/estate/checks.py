"""What one entry cannot know by itself: references, the tree, overlaps, periods.  Each check notes problems at their place."""

from datetime import date
from itertools import pairwise
from typing import Any

from jiyun.language import Text
from tenants.departments import LEVELS
from tenants.roles import INCOMPATIBLE
from workflows.estate.catalogue import Image, Price, PriceBook, Quota
from workflows.estate.findings import shorten
from workflows.estate.people import Department, Person, System
from workflows.estate.places import Host, Pool, Segment
from workflows.estate.problems import (
    ESTATE_CYCLE,
    ESTATE_DIRECTORY_ENTRY,
    ESTATE_IMAGE_SOURCE,
    ESTATE_LEVEL,
    ESTATE_OVERLAP,
    ESTATE_PERIOD,
    ESTATE_PRICE_OVERLAP,
    ESTATE_ROLES,
    ESTATE_ROOT,
    ESTATE_ROOT_LEVEL,
    ESTATE_TIER,
    ESTATE_UNIT,
    ESTATE_UNKNOWN_REFERENCE,
    ESTATE_UNNAMED,
    ESTATE_UNSERVED,
)
from workflows.estate.reading import Reading
from workflows.estate.references import UNIT_OF

_NEEDED = Text("given", "必须填写")
_FORBIDDEN = Text("left out", "不得填写")
_FILE_NEEDED = Text("needs this field", "必须填写此字段")
_FILE_FORBIDDEN = Text("has no such field", "不得填写此字段")
_DISK_FILE = Text("cannot be of kind disk: a disk is brought as a file", "不能是 disk 类：磁盘须由文件导入")


def check_all(reading: Reading) -> None:
    """Every check on whatever could be read."""
    for check in (_references, _tree, _people, _systems, _segments, _served, _tiers, _images, _price_books, _units):
        check(reading)


def _references(reading: Reading) -> None:
    known = {section: set(names) for section, names in reading.names.items()}
    for spot, section, name in reading.references:
        if section not in reading.unread and name not in known.get(section, ()):
            names = reading.names.get(section, [])
            spot.refuse(ESTATE_UNKNOWN_REFERENCE, value=shorten(name), section=section, permitted=names, word=name)


def _tree(reading: Reading) -> None:
    found = reading.entries(Department)
    by_name = {department.name: department for _, department in found}
    roots = [(spot, department) for spot, department in found if not department.parent]
    if Department not in reading.broken and found and len(roots) != 1:
        spot = roots[1][0] if roots else found[0][0]
        names = ", ".join(shorten(root.name) for _, root in roots[:5]) or "-"
        spot.refuse(ESTATE_ROOT, count=len(roots), names=names)
    for spot, department in roots[:1]:
        if department.level != "city":
            spot.child("level").refuse(ESTATE_ROOT_LEVEL, name=shorten(department.name), level=department.level)
    rooted: set[str] = set()
    for spot, department in found:
        parent = by_name.get(department.parent)
        if parent and LEVELS.index(department.level) - LEVELS.index(parent.level) not in (0, 1):
            place = spot.child("level")
            place.refuse(ESTATE_LEVEL, level=department.level, parent=shorten(parent.name), parent_level=parent.level)
        chain = _climb(department, by_name, rooted)
        if chain:
            spot.child("parent").refuse(ESTATE_CYCLE, chain=" > ".join(chain[:10]))


def _climb(department: Department, by_name: dict[str, Department], rooted: set[str]) -> list[str]:
    """The cycle that ``department`` stands in, or nothing.  ``rooted`` remembers who was followed already."""
    chain: list[str] = []
    current: Department | None = department
    while current and current.name not in rooted:
        chain.append(current.name)
        rooted.add(current.name)
        current = by_name.get(current.parent)
    if current and current.name in chain:
        return [*chain[chain.index(current.name) :], current.name]
    return []


def _people(reading: Reading) -> None:
    for spot, person in reading.entries(Person):
        roles = {grant.role for grant in person.roles}
        clash = next(((one, other) for one, other in INCOMPATIBLE if {one, other} <= roles), None)
        if clash:
            spot.child("roles").refuse(ESTATE_ROLES, one=clash[0], other=clash[1])


def _systems(reading: Reading) -> None:
    for spot, system in reading.entries(System):
        place = spot.child("directory_entry")
        if system.sharing == "missing" and system.directory_entry:
            place.refuse(ESTATE_DIRECTORY_ENTRY, sharing=system.sharing, rule=_FORBIDDEN)
        if system.sharing != "missing" and place.path not in reading.places:
            place.refuse(ESTATE_DIRECTORY_ENTRY, sharing=system.sharing, rule=_NEEDED)
        if system.unnamed_in_source and not system.source:
            spot.child("unnamed_in_source").refuse(ESTATE_UNNAMED)


def _segments(reading: Reading) -> None:
    for family in ("ipv4", "ipv6"):
        ranges = [(getattr(segment, family), spot, segment) for spot, segment in reading.entries(Segment)]
        ordered = sorted((r for r in ranges if r[0]), key=lambda r: (int(r[0].network_address), r[0].prefixlen))
        widest: Any = None
        for network, spot, segment in ordered:
            if widest and network.network_address <= widest[0].broadcast_address:
                first, second = sorted(((network, spot, segment), widest), key=lambda r: r[1].at)
                second[1].child(family).refuse(
                    ESTATE_OVERLAP, value=second[0], other=first[0], segment=first[2].name, first=first[1].child(family).at.line
                )
            if not widest or network.broadcast_address > widest[0].broadcast_address:
                widest = (network, spot, segment)


def _served(reading: Reading) -> None:
    hosts = [host for _, host in reading.entries(Host)]
    sites = set(reading.names.get("sites", []))
    clouds = set(reading.names.get("clouds", []))
    if Host in reading.broken or any(host.site not in sites or not clouds.issuperset(host.clouds) for host in hosts):
        return  # what is wrong with the hosts is told already
    served = {(host.site, cloud) for host in hosts for cloud in host.clouds}
    for spot, segment in reading.entries(Segment):
        known = segment.site in sites and segment.cloud in clouds
        if known and (segment.site, segment.cloud) not in served:
            spot.child("site").refuse(ESTATE_UNSERVED, site=segment.site, cloud=segment.cloud)


def _tiers(reading: Reading) -> None:
    if Pool in reading.broken or Host in reading.broken:
        return
    tiers = sorted({pool.tier for _, pool in reading.entries(Pool)})
    asked = [(spot.child("sku"), price.sku) for spot, price in reading.entries(Price)]
    for spot, quota in reading.entries(Quota):
        asked += [(spot.child("limits").child(limit.resource), limit.resource) for limit in quota.limits]
    for spot, resource in asked:
        _, dot, tier = resource.partition(".")
        if dot and tier not in tiers:
            spot.refuse(ESTATE_TIER, value=shorten(tier), permitted=tiers, word=tier)


def _images(reading: Reading) -> None:
    for spot, image in reading.entries(Image):
        for name, value in (("file", image.file), ("sha256", image.sha256)):
            place = spot.child(name)
            if image.how == "file" and place.path not in reading.places:
                place.refuse(ESTATE_IMAGE_SOURCE, how=image.how, rule=_FILE_NEEDED)
            if image.how == "build" and value:
                place.refuse(ESTATE_IMAGE_SOURCE, how=image.how, rule=_FILE_FORBIDDEN)
        if image.how == "build" and image.kind == "disk":
            spot.child("kind").refuse(ESTATE_IMAGE_SOURCE, how=image.how, rule=_DISK_FILE)


def _price_books(reading: Reading) -> None:
    found = reading.entries(PriceBook)
    for spot, book in found:
        if book.valid_to and book.valid_to <= book.valid_from:
            spot.child("valid_to").refuse(ESTATE_PERIOD, value=book.valid_to, start=book.valid_from)
    ordered = sorted(found, key=lambda item: item[1].valid_from)
    for (_, earlier), (spot, later) in pairwise(ordered):
        if (earlier.valid_to or date.max) > later.valid_from:
            spot.child("valid_from").refuse(ESTATE_PRICE_OVERLAP, other=shorten(earlier.version))


def _units(reading: Reading) -> None:
    for spot, price in reading.entries(Price):
        right = UNIT_OF[price.sku.partition(".")[0]]
        if price.unit != right:
            spot.child("unit").refuse(ESTATE_UNIT, sku=price.sku, value=shorten(price.unit), permitted=[right])

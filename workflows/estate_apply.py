"""Making the store agree with an estate file: all of it in one transaction, or none.

An entry that left the file stays in the store: taking something away is an act of its own, never a side effect of
a shorter file.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from consolidation.rooms import Room, put_room
from inventory import declared
from jiyun import audit, clock
from jiyun.store import Tx
from ledger.prices import Book, Price, put_book
from quotas.limits import Limit, put_limit
from tenants import authority
from tenants.departments import Department, put_department
from tenants.people import Person, grants, people, put_person
from tenants.problems import OWN_ROLES
from workflows.estate.model import Estate, Host, PriceBook
from workflows.estate.read import read_estate
from workflows.session import Session
from workflows.transactions import rehearse


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the file makes different: its kind and name, and the values before and after."""

    action: str
    name: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an apply did or a plan would do; ``same`` counts the entries that agree already."""

    changes: tuple[Change, ...]
    same: int


def apply(session: Session, file: Path) -> Outcome:
    """Apply the file.  Applying it again changes nothing."""
    estate = read_estate(file)  # outside the transaction: reading a file may be slow
    with session.write() as tx:
        authority.require(tx, "estate.apply")
        outcome = _apply(tx, estate)
    return outcome


def plan(session: Session, file: Path) -> Outcome:
    """What :func:`apply` would change, found by doing it and keeping nothing of it."""
    estate = read_estate(file)
    with rehearse(session) as tx:
        authority.require(tx, "estate.plan")
        outcome = _apply(tx, estate)
    return outcome


def _apply(tx: Tx, estate: Estate) -> Outcome:
    before = audit.head(tx)
    results = [*_tenants(tx, estate), *_inventory(tx, estate), *_rules(tx, estate)]
    entries = audit.since(tx, before)
    changes = tuple(Change(row["action"], row["subject"], json.loads(row["detail"])) for row in entries)
    return Outcome(changes, results.count("same"))


# Each of the following puts entries in an order in which whatever an entry refers to comes first.


def _tenants(tx: Tx, estate: Estate) -> Iterator[str]:
    founding = not people(tx)  # the first file names the people, its author among them
    for department in _parents_first(estate):
        level: Any = department.level
        yield put_department(tx, Department(department.name, department.title_zh, department.title_en, level, department.parent))
    for person in estate.people:
        roles = tuple((grant.role, grant.department) for grant in person.roles)
        if person.name == tx.actor and set(roles) - set(grants(tx, tx.actor)) and not founding:
            raise OWN_ROLES(person=person.name)
        yield put_person(tx, Person(person.name, person.department, person.title_zh), roles)


def _inventory(tx: Tx, estate: Estate) -> Iterator[str]:
    for cloud in estate.clouds:
        yield declared.put_cloud(tx, name=cloud.name, title_zh=cloud.title_zh, title_en=cloud.title_en)
    for site in estate.sites:
        yield declared.put_site(tx, **_fields(site))
    for host in estate.hosts:
        yield _put_host(tx, host)
        for pool in host.pools:
            yield declared.put_pool(
                tx, host=host.name, name=pool.name, path=pool.path, tier=pool.tier, capacity_mib=pool.capacity
            )
    for system in estate.systems:
        yield declared.put_system(tx, **_fields(system))
    for hosting in estate.hostings:
        yield declared.put_hosting(tx, **_fields(hosting))
    for segment in estate.segments:
        yield _put_segment(tx, segment)
    for flavor in estate.flavors:
        yield declared.put_flavor(
            tx,
            name=flavor.name,
            vcpus=flavor.vcpus,
            memory_mib=flavor.memory,
            root_mib=flavor.root_disk,
            synthetic=flavor.synthetic,
        )
    for image in estate.images:
        yield declared.put_image(tx, name=image.name, kind=image.kind, origin=image.file or image.how, sha256=image.sha256)


def _rules(tx: Tx, estate: Estate) -> Iterator[str]:
    for quota in estate.quotas:
        for limit in quota.limits:
            yield put_limit(tx, Limit(quota.department, quota.cloud, limit.resource, limit.amount))
    for book in sorted(estate.price_books, key=lambda book: book.valid_from):
        yield put_book(tx, _book(book))
    for room in estate.legacy_rooms:
        yield put_room(tx, _room(room))


def _fields(entry: Any) -> dict[str, Any]:
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def _parents_first(estate: Estate) -> list[Any]:
    waiting, placed, ordered = list(estate.departments), {""}, []
    while waiting:
        ready = [department for department in waiting if department.parent in placed]
        ordered += ready
        placed |= {department.name for department in ready}
        waiting = [department for department in waiting if department.name not in placed]
    return ordered


def _put_host(tx: Tx, host: Host) -> str:
    return declared.put_host(
        tx,
        clouds=host.clouds,
        synthetic=host.synthetic,
        name=host.name,
        site=host.site,
        uri=host.uri,
        virtualisation=host.virtualisation,
        vcpus=host.vcpus,
        vcpu_ratio=host.vcpu_ratio * 100,
        memory_mib=host.memory,
        protection_level=host.protection_level,
    )


def _put_segment(tx: Tx, segment: Any) -> str:
    return declared.put_segment(
        tx,
        synthetic=segment.synthetic,
        name=segment.name,
        department=segment.department,
        cloud=segment.cloud,
        site=segment.site,
        ipv4_cidr=str(segment.ipv4),
        ipv6_cidr=str(segment.ipv6 or ""),
        egress=segment.egress,
    )


def _book(book: PriceBook) -> Book:
    start = clock.parse(book.valid_from.isoformat())
    end = clock.parse(book.valid_to.isoformat()) if book.valid_to else None
    rows = tuple(Price(x.sku, x.unit, x.price, x.month_rule, start, end) for x in book.entries)  # type: ignore[arg-type]
    return Book(book.version, rows, synthetic=book.synthetic)


def _room(room: Any) -> Room:
    return Room(
        name=room.name,
        department=room.department,
        title_zh=room.title_zh,
        title_en=room.title_en,
        racks=room.racks,
        floor_dm2=room.floor_area_m2 * 100,
        power_w=room.power_kw * 1000,
        state=room.state,
        planned_closure=room.planned_closure.isoformat() if room.planned_closure else "",
        synthetic=room.synthetic,
    )

"""Machines with their volumes and addresses, from planned to deleted."""

from dataclasses import dataclass
from typing import Any

from inventory import problems
from inventory.statements import SQL
from jiyun import audit
from jiyun.language import t
from jiyun.store import Row, Tx


@dataclass(frozen=True, slots=True)
class PlannedVolume:
    """A disk of a planned machine; ``size_mib`` in MiB."""

    id: str
    name: str
    host: str
    pool: str
    tier: str
    role: str
    size_mib: int


@dataclass(frozen=True, slots=True)
class PlannedAddress:
    """The addresses that a planned machine gets in its segment; ``ipv6`` is empty in an IPv4-only segment."""

    segment: str
    ipv4: str
    ipv6: str
    mac: str


def plan_machine(tx: Tx, row: dict[str, Any], volumes: tuple[PlannedVolume, ...], address: PlannedAddress) -> None:
    """Enter a machine that is to be: itself, its volumes and its addresses, which are taken from this moment."""
    require_hostname_free(tx, row["department"], row["hostname"])
    tx.run(SQL.insert_machine, created_at=tx.now, **row)
    for volume in volumes:
        tx.run(
            SQL.insert_volume,
            id=volume.id,
            machine=row["id"],
            name=volume.name,
            host=volume.host,
            pool=volume.pool,
            tier=volume.tier,
            role=volume.role,
            size_mib=volume.size_mib,
        )
    tx.run(
        SQL.insert_address,
        segment=address.segment,
        ipv4=address.ipv4,
        ipv6=address.ipv6,
        mac=address.mac,
        machine=row["id"],
        held_at=tx.now,
    )
    audit.append(tx, "vm.plan", row["id"], row["department"], order=row["order_id"], host=row["host"], ipv4=address.ipv4)


def require_hostname_free(tx: Tx, department: str, hostname: str) -> None:
    """Refuse a host name that a live machine of the department has."""
    taken = tx.first(SQL.hostname_taken, department=department, hostname=hostname)
    if taken:
        raise problems.HOSTNAME_TAKEN(department=department, hostname=hostname, machine=taken["id"])


def taken_addresses(tx: Tx, segment: str) -> frozenset[str]:
    """The IPv4 addresses of a segment that are given out."""
    return frozenset(row["ipv4"] for row in tx.all(SQL.taken_addresses, segment=segment))


def holding_addresses(tx: Tx) -> set[str]:
    """The machines that addresses are held for."""
    return {row["machine"] for row in tx.all(SQL.holding_addresses)}


def segment_host(tx: Tx, segment: str) -> str:
    """The host that a segment lives on: where its machines are; empty while it has none."""
    row = tx.first(SQL.segment_host, segment=segment)
    return str(row["host"]) if row else ""


def has_neighbours(tx: Tx, segment: str, machine: str) -> bool:
    """Whether any other machine still has an address in the segment."""
    return bool(tx.one(SQL.segment_neighbours, segment=segment, machine=machine)["others"])


def find(tx: Tx, name: str, *, within: frozenset[str] | None = None) -> Row:
    """A machine by id, or by host name where only one live machine ``within`` these departments is called so."""
    row = tx.first(SQL.machine, id=name)
    if row:
        return row
    named = [found for found in tx.all(SQL.machines_named, hostname=name) if within is None or found["department"] in within]
    if len(named) > 1:
        raise problems.AMBIGUOUS(name=name, ids=", ".join(found["id"] for found in named))
    found = tx.first(SQL.machine, id=named[0]["id"]) if named else None
    if found is None:
        raise problems.unknown(t("machine", "虚机"), name, "jiyun vm list")
    return found


def of_order(tx: Tx, order: str) -> Row | None:
    """The machine of an order, once it is planned."""
    row = tx.first(SQL.machine_of_order, order_id=order)
    return tx.first(SQL.machine, id=row["id"]) if row else None


def live_specs(tx: Tx) -> list[Row]:
    """``id, host, state, power, spec`` of every live machine, for comparing with the hosts."""
    return tx.all(SQL.live_specs)


def ended_specs(tx: Tx) -> list[Row]:
    """``host, spec`` of every machine that has ended: what must not be left on a host."""
    return tx.all(SQL.ended_specs)


def volumes_of(tx: Tx, machine: str) -> list[Row]:
    return tx.all(SQL.volumes_of, machine=machine)


def mark_present(tx: Tx, machine: str) -> None:
    """The machine's volumes exist on the host now."""
    tx.run(SQL.volumes_present, machine=machine)


def set_power(tx: Tx, machine: str, power: str) -> None:
    """Note the power state that was last made or seen."""
    tx.run(SQL.set_power, id=machine, power=power)


def set_state(tx: Tx, machine: str, state: str) -> None:
    tx.run(SQL.set_machine_state, id=machine, state=state)


def end(tx: Tx, machine: Row, state: str, wiped_by: str) -> None:
    """The machine is gone: its volumes are wiped, its addresses free.  ``state`` is deleted or cancelled."""
    if tx.run(SQL.end_machine, id=machine["id"], state=state, at=tx.now):
        tx.run(SQL.volumes_wiped, machine=machine["id"], method=wiped_by)
        tx.run(SQL.release_addresses, machine=machine["id"], at=tx.now)
        audit.append(tx, f"vm.{state}", machine["id"], machine["department"], wiped_by=wiped_by)

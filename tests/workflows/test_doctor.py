"""Doctor: nothing on a sound system, and each planted inconsistency under its own code."""

from collections.abc import Callable

import pytest

from inventory import machines as inventory_machines
from provisioners.memory import Domain
from provisioners.spec import MachineSpec
from tests.support import raw
from tests.support.world import World
from workflows import books, machines
from workflows.doctor import KINDS
from workflows.planning import decode_machine


def spec_of(world: World, number: str) -> MachineSpec:
    with world.store.read() as tx:
        row = inventory_machines.of_order(tx, number)
    assert row
    return decode_machine(row["spec"])


def kept(spec: MachineSpec) -> tuple[str, str]:
    return spec.root.pool.name, spec.root.name


# Each takes the specs of a machine in use and of a deleted one, and breaks one thing outside or inside the store.
PLANT: dict[str, Callable[[World, MachineSpec, MachineSpec], object]] = {
    "audit.broken": lambda w, live, gone: tamper(w, "audit", "actor"),
    "usage.broken": lambda w, live, gone: tamper(w, "usage_event", "system"),
    "quota.differs": lambda w, live, gone: raw.change(
        w.store, "UPDATE quota_use SET held = held + 1 WHERE resource_class = 'vcpu' AND department = 'city'"
    ),
    "operation.open": lambda w, live, gone: stopped_work(w),
    "host.away": lambda w, live, gone: w.hosts.fail_on.add("found"),
    "domain.missing": lambda w, live, gone: w.hosts.hosts["host1"].domains.pop(live.name),
    "domain.power": lambda w, live, gone: setattr(w.hosts.hosts["host1"].domains[live.name], "power", "crashed"),
    "domain.orphan": lambda w, live, gone: w.hosts.hosts["host1"].domains.update(
        {gone.name: Domain(gone.uuid, (gone.id, gone.store))}
    ),
    "volume.missing": lambda w, live, gone: w.hosts.hosts["host1"].volumes.pop(kept(live)),
    "volume.orphan": lambda w, live, gone: w.hosts.hosts["host1"].volumes.update({kept(gone): (1, "")}),
    "network.missing": lambda w, live, gone: w.hosts.hosts["host1"].networks.pop(live.port.segment.network),
    "network.orphan": lambda w, live, gone: w.hosts.hosts["host1"].networks.update({gone.port.segment.network: ("u", "i", "b")}),
    "reservation.missing": lambda w, live, gone: w.hosts.hosts["host1"].reservations[live.port.segment.network].clear(),
    "reservation.orphan": lambda w, live, gone: (
        w.hosts.hosts["host1"].reservations[live.port.segment.network].update({gone.port.mac: gone.port.ipv4})
    ),
    "guard.missing": lambda w, live, gone: w.hosts.hosts["host1"].guards.pop(live.port.tap),
    "guard.orphan": lambda w, live, gone: w.hosts.hosts["host1"].guards.update({gone.port.tap: gone.port}),
}


def tamper(world: World, table: str, column: str) -> None:
    raw.disarm(world.store, table)
    raw.change(world.store, f"UPDATE {table} SET {column} = 'x' WHERE seq = 2")


def stopped_work(world: World) -> None:
    number = world.approved(hostname="budget-9")
    world.hosts.fail_on.add(("ensure_defined", world.hosts.calls["ensure_defined"] + 1))
    with pytest.raises(Exception, match="the test asked for this failure"):
        world.fulfil(number)


def settled(world: World, segment: str = "second") -> tuple[MachineSpec, MachineSpec]:
    """One machine in use, and one deleted whose network went with it, unless both shared the segment ``finance``."""
    raw.change(
        world.store,
        "INSERT INTO segment SELECT 'second', department, cloud, site, '10.90.2.0/24', ipv6_cidr, egress, synthetic FROM segment",
    )
    gone = world.active(hostname="budget-2", segment=segment)
    live = world.active()
    world.delete(world.machine(gone))
    assert world.doctor() == []
    return spec_of(world, live), spec_of(world, gone)


def test_every_code_has_a_plant() -> None:
    assert set(PLANT) == set(KINDS) - set(books.KINDS)  # those have theirs in test_books.py


@pytest.mark.parametrize("code", PLANT)
def test_a_planted_inconsistency_is_found(world: World, code: str) -> None:
    live, gone = settled(world, "finance" if code == "reservation.orphan" else "second")
    PLANT[code](world, live, gone)
    found = world.doctor()
    assert [finding.code for finding in found] == [code]
    assert all(finding.what and finding.advice and finding.where for finding in found)


def test_another_store_s_things_are_not_accused(world: World) -> None:
    settled(world)
    state = world.hosts.hosts["host1"]
    state.domains["jy-other"] = Domain("uuid", ("vm-other", "another store"))
    state.domains["somebody"] = Domain("uuid2", ("", ""))
    state.volumes["demo", "jy-other-root.qcow2"] = (1, "")
    state.networks["jy-other"] = ("u", "i", "b")
    assert world.doctor() == []


def test_starting_a_machine_makes_its_network_again(world: World) -> None:
    live, _ = settled(world)
    state = world.hosts.hosts["host1"]
    state.networks.clear()
    state.reservations.clear()
    state.guards.clear()
    state.domains[live.name].power = "off"
    assert {"network.missing", "domain.power"} <= {found.code for found in world.doctor()}
    assert machines.power(world.session("operator"), live.id, "start", opening=world.hosts.open_host) == "running"
    assert world.doctor() == []

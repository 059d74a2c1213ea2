"""kill -9 at every step, then again: one machine, one claim, one stream of usage, and nothing left where it was undone."""

from collections import Counter
from pathlib import Path

import pytest

from provisioners.spec import MachineSpec
from tests.stories import estates, host
from tests.stories.conftest import Found
from tests.stories.office import Office

pytestmark = pytest.mark.hypervisor

# Each point is reached by the run that comes after the death at the one before it, in one order's life: every run but
# the first is a second run, and most steps are met by a world in which they have half happened.
BUILDING = (
    "check:after",
    "image:after",
    "segment:after",
    "guard:after",
    "volumes:before",
    "volumes:after",
    "volumes:recorded",
    "seed:after",
    "define:before",
    "define:after",
    "define:recorded",
    "start:before",
    "start:after",
    "start:recorded",
    "reach:after",
    "baseline:after",
    "accept:before",
    "accept:after",
)
UNDOING = (
    "reach:after",
    "start:before",
    "start:after",
    "start:recorded",
    "define:after",
    "seed:after",
    "volumes:before",
    "volumes:after",
    "volumes:recorded",
    "guard:after",
    "segment:after",
    "segment:recorded",
    "image:after",
    "check:before",
    "check:after",
)
RETIRING = (
    "stop:before",
    "stop:after",
    "stop:recorded",
    "undefine:after",
    "undefine:recorded",
    "wipe:after",
    "wipe:recorded",
    "network:after",
    "network:recorded",
    "release:before",
    "release:after",
)


def _claim(office: Office, order: str) -> dict[str, int]:
    """How many allocations the order has by state."""
    return Counter(row["state"] for row in office.rows("SELECT state FROM allocation WHERE order_id = ?", order))


def _addresses(office: Office, machine: MachineSpec) -> list[tuple[str, bool]]:
    """Every address row of the machine: the address, and whether it is still held."""
    rows = office.rows("SELECT ipv4, released_at FROM address WHERE machine = ?", machine.id)
    return [(row["ipv4"], row["released_at"] is None) for row in rows]


def _usage(office: Office, order: str) -> dict[tuple[str, str, str], int]:
    """How many usage events there are by resource, SKU and kind."""
    rows = office.rows("SELECT resource, sku, kind FROM usage_event WHERE source LIKE ? || '/%'", order)
    return Counter((row["resource"], row["sku"], row["kind"]) for row in rows)


def _classes(machine: MachineSpec) -> int:
    """vCPU, memory, machines, addresses, volumes and one tier of disk."""
    assert len({volume.pool.name for volume in machine.volumes}) == 1
    return 6


@pytest.fixture(scope="module")
def ordered(town: Office) -> tuple[str, MachineSpec]:
    order = town.submit(estates.APPLICANT, estates.SYSTEM, estates.SEGMENT, "phoenix", disk="64MiB")
    return order, town.approve(order)


def test_fulfil_killed_at_every_step_ends_in_one_machine(town: Office, ordered: tuple[str, MachineSpec]) -> None:
    order, machine = ordered
    for point in BUILDING:
        town.killed(point, "order", "fulfil", order)
        assert town.state(order) == "provisioning"
        assert _claim(town, order) == {"held": _classes(machine)}
        assert _usage(town, order) == {}
        assert [finding["code"] for finding in town.run("doctor", status=9).findings] == ["operation.open"]
    town.killed("accept:recorded", "order", "fulfil", order)
    town.run("order", "fulfil", order)

    host.everything(machine)
    assert host.domains() == {machine.name}
    assert _claim(town, order) == {"active": _classes(machine)}
    assert _addresses(town, machine) == [(machine.port.ipv4, True)]
    usage = _usage(town, order)
    assert set(usage.values()) == {1} and {kind for _, _, kind in usage} == {"start"}
    assert town.ssh("phoenix", "hostname").strip() == "phoenix"
    town.clean()


def test_a_killed_run_is_told_apart_in_the_step_log(town: Office, ordered: tuple[str, MachineSpec]) -> None:
    steps = town.steps(ordered[0])
    assert [step["step"] for step in steps] == [
        *("check", "image", "segment", "guard", "volumes", "seed", "define", "start", "reach", "baseline", "accept")
    ]
    assert {step["outcome"] for step in steps} == {"done"}
    fences = [step["fence"] for step in steps]
    assert fences == sorted(fences) and fences[0] < fences[-1] == len(BUILDING) + 1


def test_delete_killed_at_every_step_leaves_nothing(town: Office, ordered: tuple[str, MachineSpec]) -> None:
    order, machine = ordered
    for point in RETIRING:
        town.killed(point, "vm", "delete", machine.id, "--yes")
        assert town.state(order) == "deleting"
        assert _claim(town, order) == {"active": _classes(machine)}, "the quota is free only when the storage is"
    town.killed("release:recorded", "vm", "delete", machine.id, "--yes")
    town.run("vm", "delete", machine.id, "--yes")

    host.nothing(machine)
    assert _claim(town, order) == {"released": _classes(machine)}
    assert _addresses(town, machine) == [(machine.port.ipv4, False)]
    usage = _usage(town, order)
    assert set(usage.values()) == {1}
    assert {key[:2] for key in usage if key[2] == "start"} == {key[:2] for key in usage if key[2] == "stop"}
    assert town.state(order) == "deleted"
    town.clean()


def test_cancel_killed_at_every_step_gives_everything_back(town: Office) -> None:
    order = town.submit(estates.APPLICANT, estates.SYSTEM, estates.SEGMENT, "icarus", disk="64MiB")
    machine = town.approve(order)
    town.killed("start:recorded", "order", "fulfil", order)
    host.everything(machine)
    for point in UNDOING:
        town.killed(point, "order", "cancel", order, "--reason", "not needed", "--yes")
        assert town.state(order) == "cancelling"
        assert _claim(town, order) == {"held": _classes(machine)}
    town.killed("check:recorded", "order", "cancel", order, "--reason", "not needed", "--yes")
    town.run("order", "cancel", order, "--reason", "not needed", "--yes")

    host.nothing(machine)
    assert _claim(town, order) == {"released": _classes(machine)}
    assert _addresses(town, machine) == [(machine.port.ipv4, False)]
    assert _usage(town, order) == {}
    assert town.state(order) == "cancelled"
    town.clean()


def test_two_stores_on_one_host_do_not_disturb_each_other(town: Office, new_town: Found) -> None:
    """What a dead run of one store left is not touched by another store's doctor, fulfil or cancel."""
    other = new_town()
    other.run("host", "probe", "host1")
    left = town.submit(estates.APPLICANT, estates.SYSTEM, estates.SEGMENT, "left")
    dead = town.approve(left)
    town.killed("define:after", "order", "fulfil", left)
    other.clean()
    order = other.submit(estates.APPLICANT, estates.SYSTEM, estates.SEGMENT, "left")
    machine = other.approve(order)
    other.killed("start:after", "order", "fulfil", order)
    other.run("order", "cancel", order, "--reason", "not needed", "--yes")
    host.nothing(machine)
    assert dead.name in host.domains() and Path(dead.root.pool.path, dead.root.name).exists()
    town.run("order", "cancel", left, "--reason", "not needed", "--yes")
    host.nothing(dead)
    town.clean()

"""Doctor finds rooms of the store that do not agree with each other."""

from collections.abc import Callable

import pytest

from tests.support import raw
from tests.support.world import World
from workflows.books import KINDS

ACTIVE, GONE = "ord-000001", "ord-000002"


def change(table: str, text: str) -> Callable[[World], object]:
    def plant(world: World) -> object:
        raw.disarm(world.store, table)
        return raw.change(world.store, text)

    return plant


PLANT: dict[str, Callable[[World], object]] = {
    "order.stalled": lambda w: stalled(w),
    "order.machine": change("machine", f"UPDATE machine SET state = 'planned' WHERE order_id = '{ACTIVE}'"),
    "order.claim": change("orders", "UPDATE allocation SET state = 'released', released_at = 1 WHERE state = 'active'"),
    "order.usage": change("orders", f"UPDATE orders SET state = 'approved' WHERE id = '{ACTIVE}'"),
    "address.orphan": change("address", "UPDATE address SET released_at = NULL"),
    "address.missing": change("address", "UPDATE address SET released_at = 1"),
}


def stalled(world: World) -> None:
    number = world.approved(hostname="budget-3")
    raw.change(world.store, "UPDATE orders SET state = 'provisioning' WHERE id = :id", id=number)


def test_every_kind_has_a_plant() -> None:
    assert set(PLANT) == set(KINDS)


@pytest.mark.parametrize("code", PLANT)
def test_a_disagreement_is_found(world: World, code: str) -> None:
    assert world.active() == ACTIVE
    gone = world.active(hostname="budget-2")
    assert gone == GONE
    if code == "address.orphan":
        raw.change(world.store, "UPDATE address SET ipv4 = '10.90.1.99' WHERE machine = :m", m=world.machine(gone))
    world.delete(world.machine(gone))
    assert world.doctor() == []
    PLANT[code](world)
    found = world.doctor()
    assert code in {finding.code for finding in found}
    assert all(finding.what and finding.advice and finding.where for finding in found)


def test_no_state_on_the_way_is_amiss(world: World) -> None:
    """From submit to deleted, with a failure and a cancel between: nothing but the open work is found."""
    world.submit(hostname="budget-5")
    world.reviewed(hostname="budget-6")
    failed = world.approved(hostname="budget-7")
    world.hosts.fail_on.add("ensure_defined")
    with pytest.raises(Exception, match="the test asked"):
        world.fulfil(failed)
    world.hosts.fail_on.clear()
    assert [finding.code for finding in world.doctor()] == ["operation.open"]
    world.cancel(failed)
    machine = world.machine(world.active(hostname="budget-8"))
    world.hosts.fail_on.add("remove_volume")
    with pytest.raises(Exception, match="the test asked"):
        world.delete(machine)
    world.hosts.fail_on.clear()
    assert [finding.code for finding in world.doctor()] == ["operation.open"]
    world.delete(machine)
    assert world.doctor() == []

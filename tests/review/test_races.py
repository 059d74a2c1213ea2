"""Two people at work on one order or machine at the same moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from inventory import machines as inventory_machines
from jiyun.errors import Exit, JiyunError
from jiyun.store import Store, Tx
from operations import engine
from provisioners.memory import MemoryHost
from provisioners.protocol import PowerState
from provisioners.spec import HostSpec, MachineSpec
from tests.support import raw
from tests.support.world import World
from workflows import fulfil, machines
from workflows.session import Session


class Died(Exception):
    """A process that ends here."""


class Watched(Store):
    """A store that lets something happen right after its first write transaction."""

    def __init__(self, store: Store, then: Callable[[], object]) -> None:
        other = store.again()
        super().__init__(other._driver, other.url, other.facts)
        self._then: Callable[[], object] | None = then

    @contextmanager
    def write(self, actor: str) -> Iterator[Tx]:
        with super().write(actor) as tx:
            yield tx
        then, self._then = self._then, None
        if then:
            then()


def session(world: World, then: Callable[[], object]) -> Session:
    return Session(Watched(world.store, then), world.home, "operator")


def die() -> None:
    raise Died


def begin_to_cancel(world: World, order: str) -> None:
    """A cancel that ends between saying so and taking the work."""
    with pytest.raises(Died):
        fulfil.cancel(session(world, die), order, "not needed", drivers=world.drivers())


def begin_to_fulfil(world: World, order: str) -> None:
    with pytest.raises(Died):
        fulfil.fulfil(session(world, die), order, drivers=world.drivers())


def test_a_fulfil_that_a_cancel_overtook_builds_nothing(world: World) -> None:
    order = world.approved()
    late = session(world, lambda: begin_to_cancel(world, order))
    with pytest.raises(JiyunError) as caught:
        fulfil.fulfil(late, order, drivers=world.drivers())
    assert (caught.value.code, caught.value.exit) == ("order.illegal-move", Exit.CONFLICT)
    assert world.state_of(order) == "cancelling"
    assert not world.hosts.calls
    assert world.cancel(order) == "undone"
    assert (world.state_of(order), world.doctor()) == ("cancelled", [])


def test_a_fulfil_that_another_s_failure_overtook_is_no_stray(world: World) -> None:
    """Both have said that they build; one fails before the other takes the work."""
    order = world.approved()

    def other_fails() -> None:
        world.hosts.fail_on.add("ensure_segment")
        with pytest.raises(JiyunError):
            world.fulfil(order)
        world.hosts.fail_on.clear()

    assert world.state_of(order) == "approved"
    assert fulfil.fulfil(session(world, other_fails), order, drivers=world.drivers()) == "done"
    assert (world.state_of(order), world.doctor()) == ("active", [])


def test_a_cancel_begun_and_left_is_gone_on_with(world: World) -> None:
    order = world.approved()
    begin_to_fulfil(world, order)
    begin_to_cancel(world, order)
    assert [finding.code for finding in world.doctor()] == ["operation.open"]
    assert world.cancel(order) == "undone"
    assert world.doctor() == []


def test_what_admit_refuses_is_not_taken(world: World) -> None:
    order = world.submit()
    with world.store.write("operator") as tx:
        engine.open_operation(tx, "op-1", "fulfil", order)

    def refuse(_: Tx) -> None:
        raise Died

    with pytest.raises(Died):
        engine.run(world.store, "operator", order, lambda _: engine.Plan([]), admit=refuse)
    assert raw.rows(world.store, "SELECT owner, fence FROM operation") == [{"owner": "", "fence": 0}]


def test_a_segment_that_went_with_its_last_machine_is_made_again_before_the_start(world: World) -> None:
    """A deletion saw no neighbour, another order made its port, then the network was removed: fulfil again heals."""
    order = world.approved()
    world.hosts.fail_on.add("ensure_running")
    with pytest.raises(JiyunError):
        world.fulfil(order)
    world.hosts.fail_on.clear()
    state = world.hosts.hosts["host1"]
    state.networks.clear()
    state.reservations.clear()
    assert world.fulfil(order) == "done"
    assert world.doctor() == []


def test_a_start_that_a_deletion_overtook_leaves_nothing_on_the_host(world: World) -> None:
    machine = world.machine(world.active())

    def delete() -> None:
        assert world.delete(machine) == "done"

    with pytest.raises(JiyunError) as caught:
        machines.power(session(world, delete), machine, "start", opening=world.hosts.open_host)
    assert "not defined" in caught.value.message()
    assert world.doctor() == []


def test_a_stop_that_a_deletion_overtook_notes_no_power(world: World) -> None:
    """The machine is deleted while the host stops it."""
    machine = world.machine(world.active())

    class Slow(MemoryHost):
        def ensure_off(self, spec: MachineSpec, grace_seconds: int) -> bool:
            found = super().ensure_off(spec, grace_seconds)
            world.delete(machine)
            return found

        def power(self, machine: MachineSpec) -> PowerState:
            return "off"

    def opening(host: HostSpec) -> MemoryHost:
        return Slow(host, world.hosts)

    machines.power(world.session("operator"), machine, "stop", opening=opening)
    with world.store.read() as tx:
        assert inventory_machines.find(tx, machine)["power"] == "absent"


def test_a_machine_that_is_being_deleted_is_not_started(world: World) -> None:
    machine = world.machine(world.active())
    world.hosts.fail_on.add("remove_volume")
    with pytest.raises(JiyunError):
        world.delete(machine)
    for what in ("start", "stop", "force-stop", "reboot"):
        with pytest.raises(JiyunError) as caught:
            machines.power(world.session("operator"), machine, what, opening=world.hosts.open_host)
        assert (caught.value.code, caught.value.exit) == ("vm.not-in-use", Exit.CONFLICT)
    world.hosts.fail_on.clear()
    assert world.delete(machine) == "done"
    assert world.doctor() == []

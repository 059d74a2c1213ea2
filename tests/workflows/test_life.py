"""An order's whole life on hosts in memory: every step, every repetition, every way out."""

from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from ledger.events import verify_events
from orders import register
from provisioners.memory import State
from provisioners.problems import SSH_TIMEOUT
from tests.support import raw
from tests.support.world import MemoryGuest, World, example, ready
from workflows import fulfil, order
from workflows.fulfil import approved_machine, build_plan
from workflows.progress import Progress
from workflows.work import Drivers, Work

STEPS = ["check", "image", "segment", "guard", "volumes", "seed", "define", "start", "reach", "baseline", "accept"]
UNDOABLE = [*reversed(STEPS)]


def host(world: World) -> State:
    return world.hosts.hosts["host1"]


def steps_done(world: World, number: str, direction: str = "do") -> list[str]:
    found = order.show(world.session("operator"), number).steps
    return [row["step"] for row in found if row["direction"] == direction and row["outcome"] == "done"]


def work_of(world: World, number: str) -> Work:
    with world.store.read() as tx:
        row = register.get(tx, number)
    return Work(world.session("operator"), row, approved_machine(row), world.drivers(), fulfil.SILENT)


def assert_one_machine(world: World) -> None:
    state = host(world)
    assert [domain.power for domain in state.domains.values()] == ["running"]
    assert len(state.guards) == len(state.networks) == 1
    assert [len(found) for found in state.reservations.values()] == [1]
    assert sorted(name.rsplit("-", 1)[-1] for _, name in state.volumes if "img" not in name) == [
        "data1.qcow2",
        "root.qcow2",
        "seed.raw",
    ]


def assert_nothing_left(world: World) -> None:
    state = host(world)
    assert (state.domains, state.guards, state.networks, state.reservations) == ({}, {}, {}, {})
    assert [name for _, name in state.volumes if "img" not in name] == []


def in_use(world: World) -> int:
    return int(raw.rows(world.store, "SELECT CAST(coalesce(sum(held + active), 0) AS BIGINT) AS used FROM quota_use")[0]["used"])


def test_the_whole_life(world: World) -> None:
    number = world.active()
    assert world.state_of(number) == "active"
    assert steps_done(world, number) == STEPS
    assert_one_machine(world)
    assert world.guest_log == ["reach budget-1", "baseline budget-1"]
    assert world.doctor() == []
    assert [row["to_state"] for row in order.show(world.session("operator"), number).events] == [
        "submitted",
        "reviewed",
        "approved",
        "provisioning",
        "active",
    ]
    machine = world.machine(number)
    assert world.delete("budget-1") == "done"
    assert world.state_of(number) == "deleted"
    assert steps_done(world, number)[len(STEPS) :] == ["stop", "undefine", "wipe", "network", "release"]
    assert_nothing_left(world)
    assert {method for _, method in host(world).wiped} == {"zero"}  # protection level 2 asks for it (M-D2)
    assert in_use(world) == 0
    assert world.doctor() == []
    assert world.delete(machine) == "done"  # again is no error and does nothing
    assert raw.rows(world.store, "SELECT count(*) AS n FROM operation")[0]["n"] == 2


def test_a_level_one_system_is_only_unlinked(database_url: str, tmp_path: Path) -> None:
    world = ready(database_url, tmp_path / "home", example("minimal", ("protection_level: 2", "protection_level: 1")))
    world.delete(world.machine(world.active()))
    assert {method for _, method in host(world).wiped} == {"unlink"}
    world.store.close()


def test_fulfil_after_done_does_nothing(world: World) -> None:
    number = world.active()
    before, calls = raw.dump(world.store), world.hosts.calls.copy()
    assert world.fulfil(number) == "done"
    assert (raw.dump(world.store), world.hosts.calls) == (before, calls)


@pytest.mark.parametrize("reached", range(1, len(STEPS) + 1))
def test_any_step_that_was_done_but_not_recorded_is_repeated_without_a_second_effect(world: World, reached: int) -> None:
    number = world.approved()
    plan = build_plan(work_of(world, number))
    for step in plan.steps[:reached]:
        step.do()  # the process died before it could record anything
    assert world.fulfil(number) == "done"
    assert_one_machine(world)
    assert raw.rows(world.store, "SELECT count(*) AS n FROM usage_event")[0]["n"] == 5
    assert raw.rows(world.store, "SELECT count(*) AS n FROM machine")[0]["n"] == 1
    assert world.doctor() == []


@pytest.mark.parametrize(
    ("method", "step"),
    [
        ("power", "check"),
        ("ensure_image_part", "image"),
        ("ensure_segment", "segment"),
        ("ensure_reservation", "segment"),
        ("ensure_guard", "guard"),
        ("ensure_volume", "volumes"),
        ("ensure_seed", "seed"),
        ("ensure_defined", "define"),
        ("ensure_running", "start"),
    ],
)
def test_a_failing_host_leaves_a_clear_state_and_the_next_run_goes_on(world: World, method: str, step: str) -> None:
    number = world.approved()
    world.hosts.fail_on.add(method)
    with pytest.raises(JiyunError) as caught:
        world.fulfil(number)
    assert (caught.value.code, caught.value.exit) == ("host.libvirt-failed", Exit.EXTERNAL)
    view = order.show(world.session("operator"), number)
    assert view.row["state"] == "failed"
    assert method in view.row["reason"]
    assert (view.steps[-1]["step"], view.steps[-1]["outcome"]) == (step, "failed")
    assert [found.code for found in world.doctor()] == ["operation.open"]
    assert fulfil.remaining(world.session("operator"), number) == STEPS[STEPS.index(step) :]
    world.hosts.fail_on.clear()
    assert world.fulfil(number) == "done"
    assert steps_done(world, number) == STEPS  # nothing that was done is done again
    assert_one_machine(world)


def test_a_guest_that_never_answers_leaves_a_clear_state(world: World) -> None:
    class Deaf(MemoryGuest):
        def reach(self, seconds: int, say: object) -> dict[str, str]:
            fields = {"host": "budget-1", "address": "10.90.1.2", "reason": "no answer", "machine": self.machine.id}
            raise SSH_TIMEOUT(seconds=seconds, **fields)

    number = world.approved()
    drivers = Drivers(world.drivers().host, lambda session, row, machine: Deaf(session, row, machine, []))
    with pytest.raises(JiyunError) as caught:
        fulfil.fulfil(world.session("operator"), number, drivers=drivers, reach_seconds=7)
    assert caught.value.code == "guest.ssh-timeout"
    assert "within 7 s" in caught.value.message()
    assert world.state_of(number) == "failed"
    assert world.fulfil(number) == "done"


def test_cancel_of_an_approved_order_gives_everything_back(world: World) -> None:
    number = world.approved()
    assert fulfil.to_undo(world.session("operator"), number) == ["check"]
    assert world.cancel(number) == "undone"
    assert world.state_of(number) == "cancelled"
    assert in_use(world) == 0
    assert raw.rows(world.store, "SELECT state FROM machine") == [{"state": "cancelled"}]
    assert raw.rows(world.store, "SELECT count(*) AS n FROM address WHERE released_at IS NULL")[0]["n"] == 0
    assert world.cancel(number) == "undone"
    with pytest.raises(JiyunError) as caught:
        world.fulfil(number)
    assert caught.value.code == "order.not-approved"
    assert world.doctor() == []


@pytest.mark.parametrize("method", ["ensure_image_part", "ensure_guard", "ensure_volume", "ensure_defined", "ensure_running"])
def test_cancel_of_a_failed_order_undoes_in_reverse(world: World, method: str) -> None:
    number = world.approved()
    world.hosts.fail_on.add(method)
    with pytest.raises(JiyunError):
        world.fulfil(number)
    world.hosts.fail_on.clear()
    would = fulfil.to_undo(world.session("operator"), number)
    assert world.cancel(number) == "undone"
    assert steps_done(world, number, "undo") == would == UNDOABLE[UNDOABLE.index(would[0]) :]
    assert_nothing_left(world)
    assert in_use(world) == 0
    assert raw.rows(world.store, "SELECT count(*) AS n FROM usage_event")[0]["n"] == 0
    assert world.doctor() == []


def test_an_undo_that_fails_goes_on_where_it_stopped(world: World) -> None:
    number = world.approved()
    world.hosts.fail_on.add("ensure_running")
    with pytest.raises(JiyunError):
        world.fulfil(number)
    world.hosts.fail_on = {"remove_volume"}
    with pytest.raises(JiyunError):
        world.cancel(number)
    assert world.state_of(number) == "cancelling"
    assert in_use(world) > 0  # what is not yet gone from the host is not free in the books
    with pytest.raises(JiyunError) as caught:
        world.fulfil(number)
    assert caught.value.code == "order.not-approved"
    world.hosts.fail_on.clear()
    assert world.cancel(number) == "undone"
    undone = steps_done(world, number, "undo")
    assert undone == UNDOABLE[UNDOABLE.index("start") :]
    assert_nothing_left(world)


def test_cancel_while_provisioning_after_a_crash(world: World) -> None:
    number = world.approved()

    class Crash(BaseException):
        """Stands for the death of the process: nobody catches it."""

    def die(title: str) -> None:
        if "seed" in title:
            raise Crash

    with pytest.raises(Crash):
        fulfil.fulfil(world.session("operator"), number, Progress(say=die), drivers=world.drivers())
    assert world.state_of(number) == "provisioning"
    assert world.cancel(number) == "undone"
    assert_nothing_left(world)


def test_a_failing_delete_goes_on_and_charges_end_when_the_machine_is_off(world: World) -> None:
    number = world.active()
    world.hosts.fail_on.add("remove_volume")
    with pytest.raises(JiyunError):
        world.delete("budget-1")
    assert world.state_of(number) == "deleting"
    kinds = [row["kind"] for row in raw.rows(world.store, "SELECT kind FROM usage_event ORDER BY seq")]
    assert kinds == ["start"] * 5 + ["stop"] * 5
    assert in_use(world) > 0
    world.hosts.fail_on.clear()
    assert world.delete(world.machine(number)) == "done"
    assert in_use(world) == 0
    assert raw.rows(world.store, "SELECT count(*) AS n FROM usage_event")[0]["n"] == 10
    with world.store.read() as tx:
        assert not verify_events(tx).findings
    assert world.doctor() == []


def test_another_plan_than_the_approved_one_is_not_run(world: World) -> None:
    number = world.approved()
    assert "approved plan never changes" in raw.refused(world.store, "UPDATE orders SET plan = 'x' WHERE id = :id", id=number)
    raw.disarm(world.store, "orders")
    raw.change(world.store, "UPDATE orders SET plan = replace(plan, '10.90.1.2', '10.90.1.9')")
    before = raw.dump(world.store)
    for act in (world.fulfil, world.cancel):
        with pytest.raises(JiyunError) as caught:
            act(number)
        assert (caught.value.code, caught.value.exit) == ("order.drift", Exit.VERIFICATION)
    assert raw.dump(world.store) == before
    assert not world.hosts.calls


def test_two_machines_share_a_segment_and_the_last_takes_it_along(world: World) -> None:
    first, second = world.active(), world.active(hostname="budget-2")
    assert len(host(world).networks) == 1
    world.delete(world.machine(first))
    assert len(host(world).networks) == 1
    assert world.doctor() == []
    world.delete(world.machine(second))
    assert_nothing_left(world)


def test_an_address_that_was_given_back_is_given_out_again(world: World) -> None:
    first = world.active()
    world.delete(world.machine(first))
    second = world.active()
    address = "SELECT ipv4 FROM machine ORDER BY order_id"
    assert [row["ipv4"] for row in raw.rows(world.store, address)] == ["10.90.1.2", "10.90.1.2"]
    assert world.doctor() == []
    assert world.machine(first) != world.machine(second)

"""Claims: every ancestor binds, all or nothing, once, and never back."""

from dataclasses import replace
from typing import Any

import pytest

from jiyun.errors import Exit, JiyunError
from jiyun.store import Statement, Store
from quotas.allocations import activate, allocations, hold, host_use, pool_use, release
from quotas.claims import Item, shortages
from quotas.proof import differences
from tests.quotas.conftest import PATHS, START, ask, ask_for, claim, limit


def refused(store: Store, wanted: Any) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        claim(store, wanted)
    return caught.value


@pytest.mark.parametrize("node", PATHS["office"])
def test_every_ancestor_binds_to_the_unit(store: Store, node: str) -> None:
    with store.write("ops") as tx:
        limit(tx, node, "vcpu", 4)
    claim(store, ask("o1", vcpu=3, memory=1024))
    error = refused(store, ask("o2", vcpu=2, memory=1024))
    assert (error.code, error.exit) == ("quota.exceeded", Exit.QUOTA)
    assert str(error) == (
        f"The quota of {node} in the administrative cloud does not allow this: vcpu limit 4, in use 3, asked 2, short by 1. "
        "Ask for less, release something there, or have the limit raised."
    )
    claim(store, ask("o3", vcpu=1))
    with store.read() as tx:
        assert allocations(tx, "o2") == ()
        assert differences(tx) == ()


def test_siblings_share_the_limit_above_them_and_nothing_else(store: Store) -> None:
    with store.write("ops") as tx:
        limit(tx, "city", "machines", 3)
        limit(tx, "youxian", "machines", 1)
    claim(store, ask("o1", "office", machines=1))
    assert refused(store, ask("o2", "wangling", machines=1)).fields["node"] == "youxian"
    claim(store, ask("o3", "finance", machines=2))
    assert refused(store, ask("o4", "finance", machines=1)).fields["node"] == "city"
    claim(store, ask("o5", "finance", cloud="public", machines=1))


def test_a_class_is_refused_only_for_itself(store: Store) -> None:
    with store.write("ops") as tx:
        limit(tx, "city", "memory", 1024)
    claim(store, ask("o1", memory=1024))
    claim(store, ask("o2", disk=10_240, vcpu=64))
    assert refused(store, ask("o3", disk=1, memory=1)).fields["dimension"] == "memory"


def test_the_first_failure_is_the_nearest_and_all_are_listed(store: Store) -> None:
    with store.write("ops") as tx:
        limit(tx, "city", "vcpu", 1)
        limit(tx, "youxian", "disk.standard", 1024)
        limit(tx, "youxian", "memory", 2048)
        limit(tx, "finance", "vcpu", 0)
    error = refused(store, ask("o1", disk=4096, vcpu=2, memory=4096))
    assert (error.fields["node"], error.fields["dimension"]) == ("youxian", "memory")
    assert "memory limit 2GiB, in use 0MiB, asked 4GiB, short by 2GiB" in str(error)
    failed: Any = error.fields["failed"]
    assert [(one["node"], one["dimension"], one["limit"], one["use"], one["ask"]) for one in failed] == [
        ("youxian", "memory", 2048, 0, 4096),
        ("youxian", "disk.standard", 1024, 0, 4096),
        ("city", "vcpu", 1, 0, 2),
    ]
    with store.read() as tx:
        assert len(shortages(tx, ask("o1", disk=4096, vcpu=2, memory=4096))) == 3


def test_two_disks_in_one_pool_are_one_amount_and_two_pools_one_ask(store: Store) -> None:
    disks = (Item("disk.standard", 100, "p1"), Item("disk.standard", 50, "p1"), Item("disk.standard", 30, "p2"))
    wanted = replace(ask("o1"), items=disks)
    with store.write("ops") as tx:
        limit(tx, "office", "disk.standard", 179)
    assert "asked 180MiB, short by 1MiB" in str(refused(store, wanted))
    with store.write("ops") as tx:
        limit(tx, "office", "disk.standard", 180)
        hold(tx, wanted)
        assert pool_use(tx) == {("host-1", "p1"): 150, ("host-1", "p2"): 30}
        assert host_use(tx) == {"host-1": {"disk.standard": 180}}


def test_the_life_of_a_claim(store: Store) -> None:
    claim(store, ask("o1", vcpu=2, machines=1))
    claim(store, ask("o2", host="host-2", vcpu=1))
    for _ in range(2):  # again changes nothing
        with store.write("ops") as tx:
            activate(tx, "o1")
            assert {(one.state, one.held_at, one.active_at) for one in allocations(tx, "o1")} == {("active", START, START)}
            assert host_use(tx) == {"host-1": {"vcpu": 2, "machines": 1}, "host-2": {"vcpu": 1}}
    for _ in range(2):
        with store.write("ops") as tx:
            release(tx, "o1")
            release(tx, "o2")
            release(tx, "never-heard-of")
            assert {one.state for one in allocations(tx, "o1") + allocations(tx, "o2")} == {"released"}
            assert host_use(tx) == {} and pool_use(tx) == {}
            assert differences(tx) == ()
            entries = tx.all(Statement("claims", "SELECT action FROM audit WHERE action LIKE 'claim.%' ORDER BY seq"))
    names = ["claim.hold", "claim.hold", "claim.activate", "claim.release", "claim.release"]
    assert [entry["action"] for entry in entries] == names


def test_the_same_claim_again_is_no_second_claim(store: Store) -> None:
    wanted = ask("o1", vcpu=2, memory=1024)
    with store.write("ops") as tx:
        limit(tx, "city", "vcpu", 2)
    claim(store, wanted)
    claim(store, wanted)
    claim(store, replace(wanted, items=wanted.items[::-1]))
    with store.write("ops") as tx:
        activate(tx, "o1")
        hold(tx, wanted)
        assert host_use(tx) == {"host-1": {"vcpu": 2, "memory": 1024}}


CHANGES: tuple[dict[str, Any], ...] = (
    {"items": (Item("vcpu", 3),)},
    {"items": (Item("vcpu", 2), Item("memory", 1))},
    {"host": "host-2"},
    {"cloud": "public"},
    {"department": "finance", "ancestors": PATHS["finance"]},
)


def test_another_claim_under_the_same_order_conflicts(store: Store) -> None:
    claim(store, ask("o1", vcpu=2))
    for change in CHANGES:
        error = refused(store, replace(ask("o1", vcpu=2), **change))
        assert (error.code, error.exit) == ("claim.conflict", Exit.CONFLICT), change


def test_what_was_released_does_not_come_back(store: Store) -> None:
    claim(store, ask("o1", vcpu=2))
    with store.write("ops") as tx:
        release(tx, "o1")
    assert refused(store, ask("o1", vcpu=2)).code == "claim.ended"
    with store.write("ops") as tx, pytest.raises(JiyunError, match="was released"):
        activate(tx, "o1")
    with store.write("ops") as tx, pytest.raises(JiyunError, match="holds nothing"):
        activate(tx, "o9")


ATTACKS = (
    "UPDATE allocation SET amount = 1",
    "UPDATE allocation SET state = 'released', released_at = 5, amount = 1",
    "UPDATE allocation SET state = 'released', released_at = 5, host = 'host-2'",
    "UPDATE allocation SET state = 'released', released_at = 5, department = 'finance'",
    "UPDATE allocation SET state = 'released', released_at = 5, held_at = 1",
    "UPDATE allocation SET state = 'released', released_at = 5, active_at = 1",
    "UPDATE allocation SET state = 'released'",
    "UPDATE allocation SET state = 'held', active_at = NULL",
    "DELETE FROM allocation",
    "DELETE FROM quota_use",
    "DELETE FROM host_use",
    "INSERT INTO allocation SELECT 'x', 'x', machine, department, system, cloud, host, pool, resource_class, amount,"
    " 'active', held_at, active_at, NULL FROM allocation",
)


def test_the_database_itself_refuses(store: Store) -> None:
    claim(store, ask("o1", vcpu=2))
    with store.write("ops") as tx:
        activate(tx, "o1")
    for attack in ATTACKS:
        with pytest.raises(JiyunError) as caught, store.write("ops") as tx:
            tx.run(Statement(attack, attack))
        assert caught.value.code == "store.refused", attack
    with store.read() as tx:
        assert [one.state for one in allocations(tx, "o1")] == ["active"]
        assert differences(tx) == ()


def test_a_claim_that_forgets_its_ancestors_is_stopped_by_the_database(store: Store) -> None:
    with store.write("ops") as tx:
        limit(tx, "city", "vcpu", 2)
        limit(tx, "youxian", "memory", 512)
    claim(store, ask("o1", vcpu=1))
    for amounts in ({"vcpu": 2}, {"memory": 1024}):
        error = refused(store, replace(ask_for("o2", "office", amounts), ancestors=("office",)))
        assert (error.code, error.fields["rule"]) == ("store.refused", "use never grows past a quota")
    with store.read() as tx:
        assert host_use(tx) == {"host-1": {"vcpu": 1}}
        assert differences(tx) == ()


def test_a_sum_that_was_tampered_with_is_found(store: Store) -> None:
    claim(store, ask("o1", vcpu=2))
    with store.write("ops") as tx:
        tx.run(Statement("tamper", "UPDATE quota_use SET held = 1 WHERE department = 'city'"))
        tx.run(Statement("tamper", "UPDATE host_use SET amount = 1"))
    with store.read() as tx:
        found = [(one.place, one.within, one.resource_class, one.kept, one.counted) for one in differences(tx)]
    assert found == [("city", "administrative", "vcpu", (1, 0), (2, 0)), ("host-1", "", "vcpu", (1,), (2,))]

"""Placement: what may go where, which host is chosen, and what a refusal says."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.placement import Ask, HostView, PoolView, place
from jiyun import language
from jiyun.errors import Exit, JiyunError

ASK = Ask(2, 4096, {"ssd": 20_480}, "public", 2)


def host(name: str = "h1", **changes: object) -> HostView:
    base = HostView(name, frozenset({"public"}), 3, 8, 400, 65_536, 0, 0, (PoolView("fast", "ssd", 500_000, 0),))
    return replace(base, **changes)  # type: ignore[arg-type]


def refusal(ask: Ask, *hosts: HostView) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        place(ask, hosts)
    return caught.value


def test_one_host_with_room_takes_it_and_the_pools_are_named_by_tier() -> None:
    pools = (PoolView("fast", "ssd", 500_000, 0), PoolView("large", "hdd", 900_000, 0))
    placed = place(replace(ASK, disks={"ssd": 20_480, "hdd": 40_960}), [host(pools=pools)])
    assert (placed.host, placed.pools) == ("h1", {"ssd": "fast", "hdd": "large"})


def test_hosts_of_the_other_cloud_disabled_or_rated_too_low_are_no_hosts() -> None:
    wrong = (host("a", clouds=frozenset({"administrative"})), host("b", enabled=False), host("c", level=1))
    error = refusal(ASK, *wrong)
    assert (error.code, error.exit) == ("placement.no-host", Exit.POLICY)
    assert error.message().startswith("No host can take this: 1 of 3 hosts are enabled and serve the public cloud")
    assert "M-D2" in error.message()
    assert place(ASK, [*wrong, host("d")]).host == "d"


@pytest.mark.parametrize("system", [1, 2, 3, 4])
@pytest.mark.parametrize("rated", [1, 2, 3, 4])
def test_level_4_stands_alone_and_others_go_up_to_the_hosts_level(system: int, rated: int) -> None:
    allowed = system == rated if 4 in (system, rated) else system <= rated
    ask, view = replace(ASK, protection_level=system), host(level=rated)
    if allowed:
        assert place(ask, [view]).host == "h1"
    else:
        assert refusal(ask, view).code == "placement.no-host"


def test_the_refusal_names_each_dimension_that_failed_and_no_other() -> None:
    error = refusal(ASK, host(used_vcpus=31, pools=(PoolView("fast", "ssd", 30_000, 20_000),)))
    assert (error.code, error.exit) == ("capacity.none", Exit.QUOTA)
    assert error.fields["failed"] == [
        {"dimension": "vcpu", "limit": 32, "use": 31, "ask": 2},
        {"dimension": "disk.ssd", "limit": 30_000, "use": 20_000, "ask": 20_480},
    ]
    assert "vcpu limit 32, in use 31, asked 2; disk.ssd limit 30000 MiB, in use 20000 MiB" in error.message()
    language.use("zh")
    try:
        assert "vcpu 上限 32，已用 31，申请 2" in refusal(ASK, host(used_vcpus=31)).message()
    finally:
        language.use("en")


def test_the_nearest_host_is_named() -> None:
    near, far = host("near", used_vcpus=31), host("far", used_vcpus=32, used_memory_mib=65_536)
    assert refusal(ASK, far, near).fields["host"] == "near"


def test_a_missing_tier_is_a_capacity_of_nothing() -> None:
    failed = refusal(replace(ASK, disks={"nvme": 1}), host()).fields["failed"]
    assert failed == [{"dimension": "disk.nvme", "limit": 0, "use": 0, "ask": 1}]


def test_an_exact_fit_fits() -> None:
    full = host(used_vcpus=30, used_memory_mib=65_536 - 4096, pools=(PoolView("fast", "ssd", 20_480, 0),))
    assert place(ASK, [full]).host == "h1"


def test_the_ratio_rounds_down() -> None:
    assert host(vcpus=3, vcpu_ratio=150).vcpu_limit == 4


def test_equal_hosts_go_by_name_and_the_fuller_pool_first() -> None:
    assert place(ASK, [host("b"), host("a")]).host == "a"
    pools = (PoolView("empty", "ssd", 500_000, 0), PoolView("fuller", "ssd", 500_000, 300_000))
    assert place(ASK, [host(pools=pools)]).pools == {"ssd": "fuller"}


def test_a_memory_heavy_machine_goes_where_memory_would_be_stranded() -> None:
    much_cpu_used = host("z", used_vcpus=24, used_memory_mib=8192)
    much_memory_used = host("a", used_vcpus=4, used_memory_mib=49_152)
    assert place(replace(ASK, vcpus=1, memory_mib=16_384), [much_memory_used, much_cpu_used]).host == "z"


def test_among_balanced_hosts_the_fuller_one_fills_up() -> None:
    pools = (PoolView("fast", "ssd", 500_000, 250_000),)
    half = host("z", used_vcpus=16, used_memory_mib=32_768, pools=pools)
    assert place(ASK, [host("a"), half]).host == "z"


sizes = st.integers(0, 64)


@given(st.lists(st.tuples(sizes, sizes, st.integers(0, 400)), min_size=1, max_size=8), st.randoms())
def test_nothing_is_oversold_and_the_order_of_hosts_does_not_matter(
    use: list[tuple[int, int, int]], chance: random.Random
) -> None:
    hosts = [
        host(f"h{number}", used_vcpus=cpu, used_memory_mib=memory * 1024, pools=(PoolView("p", "ssd", 400_000, disk * 1000),))
        for number, (cpu, memory, disk) in enumerate(use)
    ]
    fitting = {
        view.name
        for view in hosts
        if view.used_vcpus + 2 <= 32 and view.used_memory_mib + 4096 <= 65_536 and view.pools[0].used_mib + 20_480 <= 400_000
    }
    shuffled = list(hosts)
    chance.shuffle(shuffled)
    if not fitting:
        assert refusal(ASK, *hosts).fields == refusal(ASK, *shuffled).fields
        return
    placed = place(ASK, hosts)
    assert placed.host in fitting
    assert placed == place(ASK, shuffled)


def fill(seed: int, choose_first: bool) -> int:
    """How many machines of mixed shape go on ten hosts before five are refused."""
    chance, placed, refused = random.Random(seed), 0, 0
    hosts = {f"h{number}": host(f"h{number}", vcpus=16 * (1 + number % 2)) for number in range(10)}
    while refused < 5:
        vcpus = chance.choice((1, 2, 4, 8))
        ask = Ask(vcpus, vcpus * 1024 * chance.choice((1, 2, 4)), {"ssd": chance.choice((20, 50, 100)) * 1024}, "public", 2)
        try:
            name = next(iter(_takers(ask, hosts))) if choose_first else place(ask, list(hosts.values())).host
        except (JiyunError, StopIteration):
            refused += 1
            continue
        view, placed = hosts[name], placed + 1
        pool = replace(view.pools[0], used_mib=view.pools[0].used_mib + ask.disks["ssd"])
        hosts[name] = replace(
            view,
            used_vcpus=view.used_vcpus + vcpus,
            used_memory_mib=view.used_memory_mib + ask.memory_mib,
            pools=(pool,),
        )
    return placed


def _takers(ask: Ask, hosts: dict[str, HostView]) -> list[str]:
    found = []
    for name, view in hosts.items():
        try:
            found.append(place(ask, [view]).host)
        except JiyunError:
            continue
        assert found[-1] == name
    return found


def test_more_machines_fit_than_by_taking_the_first_host() -> None:
    assert sum(fill(seed, False) for seed in range(4)) > sum(fill(seed, True) for seed in range(4))


def test_a_thousand_hosts_are_quick() -> None:
    hosts = [host(f"h{number:04}", used_vcpus=number % 30) for number in range(1000)]
    began = time.process_time()
    place(ASK, hosts)
    assert time.process_time() - began < 0.25

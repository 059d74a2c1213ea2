"""A store with a four-level tree, two clouds and two hosts; and short ways to ask."""

from collections.abc import Iterator

import pytest

from jiyun.store import Statement, Store, Tx
from jiyun.store.create import create_store
from quotas.allocations import hold
from quotas.claims import Ask, Item
from quotas.limits import Limit, put_limit
from tenants.departments import Department, put_department

TREE = (
    Department("city", "株洲市", "Zhuzhou", "city"),
    Department("finance", "财政局", "Finance Bureau", "city", "city"),
    Department("youxian", "攸县", "Youxian", "county", "city"),
    Department("wangling", "网岭镇", "Wangling", "town", "youxian"),
    Department("office", "党政办", "Town Office", "town", "wangling"),
)
PATHS = {
    "city": ("city",),
    "finance": ("finance", "city"),
    "youxian": ("youxian", "city"),
    "wangling": ("wangling", "youxian", "city"),
    "office": ("office", "wangling", "youxian", "city"),
}
START = 1_800_000_000


FURNITURE = (
    "INSERT INTO cloud (name, title_zh, title_en) VALUES ('administrative', '政务', 'A'), ('public', '公众', 'P')",
    "INSERT INTO site (name, title_zh, title_en, synthetic) VALUES ('site', '机房', 'Site', 1)",
    "INSERT INTO host (name, site, uri, clouds, virtualisation, vcpus, vcpu_ratio, memory_mib, protection_level, synthetic)"
    " SELECT h.name, 'site', 'test:///default', '[]', 'auto', 64, 400, 262144, 3, 1"
    " FROM (SELECT 'host-1' AS name UNION SELECT 'host-2') h",
    "INSERT INTO system (name, department, cloud, title_zh, title_en, protection_level, sharing, directory_entry, source,"
    " unnamed_in_source, synthetic) VALUES ('budget', 'finance', 'administrative', '预算', 'Budget', 2, 'missing', '', '', 0, 1)",
)


def furnish(store: Store) -> None:
    """The tree, and what an allocation points at in the inventory."""
    with store.write("ops") as tx:
        for department in TREE:
            put_department(tx, department)
        for number, row in enumerate(FURNITURE):
            tx.run(Statement(f"furniture_{number}", row))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with create_store(database_url, city="株洲", actor="ops", simulated_at=START) as made:
        furnish(made)
        yield made


def ask(order: str, department: str = "office", *, cloud: str = "administrative", host: str = "host-1", **amounts: int) -> Ask:
    """One machine of the order; ``disk=N`` is N MiB of tier standard in pool p1."""
    return ask_for(order, department, amounts, cloud=cloud, host=host)


def ask_for(order: str, department: str, amounts: dict[str, int], *, cloud: str = "administrative", host: str = "host-1") -> Ask:
    """The same with the amounts in a dictionary."""
    items = tuple(
        Item("disk.standard", amount, "p1") if name == "disk" else Item(name, amount) for name, amount in amounts.items()
    )
    return Ask(order, f"vm-{order}", department, PATHS[department], "budget", cloud, host, items)


def limit(tx: Tx, department: str, resource_class: str, amount: int, cloud: str = "administrative") -> str:
    return put_limit(tx, Limit(department, cloud, resource_class, amount))


def claim(store: Store, wanted: Ask) -> None:
    with store.write("ops") as tx:
        hold(tx, wanted)

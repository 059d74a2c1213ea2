"""The tree as people read it."""

from jiyun.store import Store
from quotas.allocations import activate
from quotas.report import Bar, tree
from tests.quotas.conftest import TREE, ask, claim, limit

NODES = [(one.name, one.parent, one.title_en) for one in TREE]


def test_every_node_shows_its_subtree(store: Store) -> None:
    with store.write("ops") as tx:
        limit(tx, "city", "vcpu", 10)
        limit(tx, "youxian", "vcpu", 6)
        limit(tx, "wangling", "memory", 4096)
    claim(store, ask("o1", "office", vcpu=2))
    claim(store, ask("o2", "finance", vcpu=1))
    claim(store, ask("o3", "finance", cloud="public", vcpu=5))
    with store.write("ops") as tx:
        activate(tx, "o1")
        rows = tree(tx, "city", NODES, "administrative")
        part = tree(tx, "youxian", NODES, "administrative")
    assert [(row.node, row.depth, row.title) for row in rows] == [
        ("city", 0, "Zhuzhou"),
        ("finance", 1, "Finance Bureau"),
        ("youxian", 1, "Youxian"),
        ("wangling", 2, "Wangling"),
        ("office", 3, "Town Office"),
    ]
    bars = {row.node: row.bars for row in rows}
    assert bars["city"] == (Bar("vcpu", 10, 1, 2),) and bars["city"][0].used == 3
    assert bars["finance"] == (Bar("vcpu", None, 1, 0),)
    assert bars["wangling"] == (Bar("vcpu", None, 0, 2), Bar("memory", 4096, 0, 0))
    assert [(row.node, row.depth) for row in part] == [("youxian", 0), ("wangling", 1), ("office", 2)]

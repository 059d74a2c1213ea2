"""The quota tree as people read it: for every node and class the limit, what is held and what is active."""

from collections.abc import Iterable
from dataclasses import dataclass

from jiyun.store import Tx
from quotas.classes import place
from quotas.limits import SQL


@dataclass(frozen=True, slots=True)
class Bar:
    """One class at one node, its subtree included; ``limit`` is None where the node states none."""

    resource_class: str
    limit: int | None
    held: int
    active: int

    @property
    def used(self) -> int:
        """What counts against the limit: held and active together."""
        return self.held + self.active


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A node below the root of the report (``depth`` 0), with a bar for each class that it limits or uses."""

    node: str
    title: str
    depth: int
    bars: tuple[Bar, ...]


def tree(tx: Tx, root: str, departments: Iterable[tuple[str, str, str]], cloud: str) -> tuple[TreeRow, ...]:
    """Rows from ``root`` downwards, children by name; ``departments`` are (name, parent, title) of at least its subtree."""
    titles: dict[str, str] = {}
    children: dict[str, list[str]] = {}
    for name, parent, title in departments:
        titles[name] = title
        children.setdefault(parent, []).append(name)
    bars = _bars(tx, cloud)
    rows: list[TreeRow] = []
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        rows.append(TreeRow(node, titles[node], depth, bars.get(node, ())))
        waiting.extend((child, depth + 1) for child in sorted(children.get(node, ()), reverse=True))
    return tuple(rows)


def _bars(tx: Tx, cloud: str) -> dict[str, tuple[Bar, ...]]:
    limits = {(row["department"], row["resource_class"]): row["amount"] for row in tx.all(SQL.limits_in_cloud, cloud=cloud)}
    uses = {(row["department"], row["resource_class"]): row for row in tx.all(SQL.use_in_cloud, cloud=cloud)}
    bars: dict[str, list[Bar]] = {}
    for node, name in sorted(limits.keys() | uses.keys(), key=lambda key: place(key[1])):
        use = uses.get((node, name), {"held": 0, "active": 0})
        bar = Bar(name, limits.get((node, name)), use["held"], use["active"])
        if bar.limit is not None or bar.used:
            bars.setdefault(node, []).append(bar)
    return {node: tuple(found) for node, found in bars.items()}

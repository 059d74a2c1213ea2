"""What a claim asks for, and whether the tree has room for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from jiyun.store import Tx
from quotas import problems
from quotas.classes import check_class, place, show
from quotas.limits import SQL


@dataclass(frozen=True, slots=True)
class Item:
    """An amount (above zero) of one class; ``pool`` is the storage pool a disk amount lies in, else empty."""

    resource_class: str
    amount: int
    pool: str = ""

    def __post_init__(self) -> None:
        check_class(self.resource_class)
        if self.amount <= 0:
            raise ValueError(f"a claim of {self.amount} {self.resource_class} is no claim")


@dataclass(frozen=True, slots=True)
class Ask:
    """What one machine of one order takes.  ``ancestors`` is the path from the department itself up to the root."""

    order: str
    machine: str
    department: str
    ancestors: tuple[str, ...]
    system: str
    cloud: str
    host: str
    items: tuple[Item, ...]

    def merged(self) -> dict[tuple[str, str], int]:
        """Amounts by (class, pool): two disks in one pool are one amount."""
        sums: dict[tuple[str, str], int] = {}
        for item in self.items:
            key = (item.resource_class, item.pool)
            sums[key] = sums.get(key, 0) + item.amount
        return sums

    def by_class(self) -> dict[str, int]:
        """Amounts by class, in the order in which classes are checked and read."""
        sums: dict[str, int] = {}
        for name, amount in sorted(((key[0], amount) for key, amount in self.merged().items()), key=lambda pair: place(pair[0])):
            sums[name] = sums.get(name, 0) + amount
        return sums


@dataclass(frozen=True, slots=True)
class Shortage:
    """A node of the tree where the ask does not fit; amounts in the unit of the class."""

    node: str
    cloud: str
    resource_class: str
    limit: int
    use: int
    ask: int


def shortages(tx: Tx, ask: Ask) -> tuple[Shortage, ...]:
    """Where the ask does not fit: from the department itself up to the root, at each node class by class.

    Only the classes that are asked for are looked at: a disk is never refused because memory is over.
    """
    wanted = ask.by_class()
    return tuple(_at_nodes(tx, ask, wanted))


def refuse_shortages(tx: Tx, ask: Ask) -> None:
    """Raise ``quota.exceeded`` for the first shortage; its field ``failed`` lists them all."""
    found = shortages(tx, ask)
    if not found:
        return
    first = found[0]
    name = first.resource_class
    raise problems.QUOTA_EXCEEDED(
        node=first.node,
        cloud=first.cloud,
        dimension=name,
        limit=show(name, first.limit),
        use=show(name, first.use),
        ask=show(name, first.ask),
        short=show(name, first.use + first.ask - first.limit),
        failed=[_numbers(shortage) for shortage in found],
    )


def _at_nodes(tx: Tx, ask: Ask, wanted: dict[str, int]) -> Iterable[Shortage]:
    for node in ask.ancestors:
        room = {row["resource_class"]: row for row in tx.all(SQL.room_at_node, department=node, cloud=ask.cloud)}
        for name, amount in wanted.items():
            if name in room and room[name]["used"] + amount > room[name]["amount"]:
                yield Shortage(node, ask.cloud, name, room[name]["amount"], room[name]["used"], amount)


def _numbers(shortage: Shortage) -> dict[str, object]:
    return {
        "node": shortage.node,
        "cloud": shortage.cloud,
        "dimension": shortage.resource_class,
        "limit": shortage.limit,
        "use": shortage.use,
        "ask": shortage.ask,
    }

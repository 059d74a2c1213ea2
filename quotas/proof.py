"""Counting again: the sums that the database keeps against the allocations that they are sums of."""

from collections.abc import Iterable
from dataclasses import dataclass

from jiyun.store import Row, Tx
from quotas.limits import SQL

_NAMES = ("place", "within", "resource_class")


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum that is not what its rows give: a node and cloud, or a host and storage pool."""

    place: str
    within: str
    resource_class: str
    kept: tuple[int, ...]
    counted: tuple[int, ...]


def differences(tx: Tx) -> tuple[Difference, ...]:
    """Every sum that differs, by place; empty on a sound store.  Reads every allocation: for ``doctor``, not for claims."""
    nodes = _compare(tx.all(SQL.kept_nodes), tx.all(SQL.counted_nodes), ("held", "active"))
    hosts = _compare(tx.all(SQL.kept_hosts), tx.all(SQL.counted_hosts), ("amount",))
    return (*nodes, *hosts)


def claims_of_orders(tx: Tx) -> dict[str, str]:
    """The state of what each order claimed, by order; several, joined by ``+``, where its rows differ."""
    found: dict[str, str] = {}
    for row in tx.all(SQL.claims_of_orders):
        before = found.get(row["order_id"])
        found[row["order_id"]] = f"{before}+{row['state']}" if before else row["state"]
    return found


def _compare(kept: list[Row], counted: list[Row], amounts: tuple[str, ...]) -> Iterable[Difference]:
    nothing = (0,) * len(amounts)
    one, other = (
        {tuple(str(row[name]) for name in _NAMES): tuple(int(row[name]) for name in amounts) for row in rows}
        for rows in (kept, counted)
    )
    for key in sorted(one.keys() | other.keys()):
        if one.get(key, nothing) != other.get(key, nothing):
            yield Difference(key[0], key[1], key[2], one.get(key, nothing), other.get(key, nothing))

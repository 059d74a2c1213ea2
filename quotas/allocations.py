"""Allocations: what orders hold and use.  The only writer of ``allocation``.

Use is counted by the database itself: triggers on ``allocation`` keep the sums of ``quota_use`` (every node from
the department to its root) and ``host_use`` in the very statement that writes a row, and no statement of the
program writes those tables.  A plain sum over the rows grows with all that was ever given to the root: at 100,000
live allocations it would be most of a claim.  With the sums a claim reads a handful of keys however much is
allocated.  They cannot drift from the rows, because a department keeps its place in the tree, a row never changes
but for its state, and rows are never deleted: the database refuses all three.  ``quotas.proof`` counts again.
"""

from dataclasses import dataclass
from typing import Literal

from jiyun import audit, ids
from jiyun.store import Tx
from quotas import problems
from quotas.claims import Ask, refuse_shortages
from quotas.limits import SQL

State = Literal["held", "active", "released"]


@dataclass(frozen=True, slots=True)
class Allocation:
    """One class of one claim; ``amount`` in the unit of the class, times in seconds UTC."""

    id: str
    order_id: str
    machine: str
    department: str
    system: str
    cloud: str
    host: str
    pool: str
    resource_class: str
    amount: int
    state: State
    held_at: int
    active_at: int | None
    released_at: int | None


def hold(tx: Tx, ask: Ask) -> None:
    """Claim all that is asked, or refuse all of it.  The same claim again is no second claim.

    Raises quota.exceeded (the first node and class that fails, nearest first, and all of them in ``failed``),
    claim.conflict for another claim under the same order and machine, claim.ended for one that was released.
    """
    standing = tuple(found for found in allocations(tx, ask.order) if found.machine == ask.machine)
    if standing:
        _check_same(standing, ask)
        return
    refuse_shortages(tx, ask)
    for (resource_class, pool), amount in ask.merged().items():
        tx.run(
            SQL.allocation_insert,
            id=ids.derive_uuid(tx.store.id, "allocation", ask.order, ask.machine, resource_class, pool),
            order_id=ask.order,
            machine=ask.machine,
            department=ask.department,
            system=ask.system,
            cloud=ask.cloud,
            host=ask.host,
            pool=pool,
            resource_class=resource_class,
            amount=amount,
            held_at=tx.now,
        )
    audit.append(
        tx, "claim.hold", ask.order, ask.department, machine=ask.machine, cloud=ask.cloud, host=ask.host, items=ask.by_class()
    )


def activate(tx: Tx, order: str) -> None:
    """What the order holds is in use from now on.  Again changes nothing; refused where the order holds nothing."""
    standing = allocations(tx, order)
    if any(found.state == "released" for found in standing):
        raise problems.CLAIM_ENDED(order=order)
    if not standing:
        raise problems.CLAIM_MISSING(order=order)
    moved = tx.run(SQL.activate, order_id=order, now=tx.now)
    if moved:
        audit.append(tx, "claim.activate", order, standing[0].department, allocations=moved)


def release(tx: Tx, order: str) -> None:
    """Give back all that the order holds or uses.  Again, or for an order that claimed nothing, changes nothing."""
    standing = allocations(tx, order)
    moved = tx.run(SQL.release, order_id=order, now=tx.now)
    if moved:
        audit.append(tx, "claim.release", order, standing[0].department, allocations=moved)


def allocations(tx: Tx, order: str) -> tuple[Allocation, ...]:
    """Every allocation of the order, released ones too, by machine, class and pool."""
    found = (Allocation(**row) for row in tx.all(SQL.allocations, order_id=order))
    return tuple(sorted(found, key=lambda one: (one.machine, one.resource_class, one.pool)))


def host_use(tx: Tx) -> dict[str, dict[str, int]]:
    """Held and active amounts by host and class: what placement must not give out again."""
    used: dict[str, dict[str, int]] = {}
    for row in tx.all(SQL.host_use):
        used.setdefault(row["host"], {})[row["resource_class"]] = row["amount"]
    return used


def pool_use(tx: Tx) -> dict[tuple[str, str], int]:
    """Held and active disk, MiB, by (host, pool)."""
    return {(row["host"], row["pool"]): row["amount"] for row in tx.all(SQL.pool_use)}


def _check_same(standing: tuple[Allocation, ...], ask: Ask) -> None:
    if any(found.state == "released" for found in standing):
        raise problems.CLAIM_ENDED(order=ask.order)
    place = (ask.department, ask.system, ask.cloud, ask.host)
    amounts = {(found.resource_class, found.pool): found.amount for found in standing}
    if amounts != ask.merged() or any((one.department, one.system, one.cloud, one.host) != place for one in standing):
        raise problems.CLAIM_CONFLICT(order=ask.order, machine=ask.machine)

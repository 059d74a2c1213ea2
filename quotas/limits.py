"""Limits: the most that a department, with all below it, may have of a class in a cloud.

No row means that nothing is stated at that node; every ancestor's limit binds all the same.  Where not even the
root states one, the hosts' capacity is the only bound.
"""

from dataclasses import asdict, dataclass
from typing import Literal

from jiyun import audit
from jiyun.store import Tx, load_queries
from quotas import problems
from quotas.classes import check_class, place, show

SQL = load_queries(__file__, "quotas.sql")


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` is a count, or MiB for ``memory`` and ``disk.<tier>``; zero allows nothing."""

    department: str
    cloud: str
    resource_class: str
    amount: int


def put_limit(tx: Tx, limit: Limit) -> Literal["created", "updated", "same"]:
    """State or change a limit.  One below what is in use is refused: it would bind nobody who is there already."""
    check_class(limit.resource_class)
    if limit.amount < 0:
        raise problems.LIMIT_NEGATIVE(node=limit.department, dimension=limit.resource_class, amount=limit.amount)
    where = {"department": limit.department, "cloud": limit.cloud, "resource_class": limit.resource_class}
    before = tx.first(SQL.limit, **where)
    if before and before["amount"] == limit.amount:
        return "same"
    _check_use(tx, limit, where)
    tx.run(SQL.limit_update if before else SQL.limit_insert, **asdict(limit))
    audit.append(
        tx,
        "quota.change",
        f"{limit.department}/{limit.cloud}/{limit.resource_class}",
        limit.department,
        before=before["amount"] if before else None,
        after=limit.amount,
    )
    return "updated" if before else "created"


def limits(tx: Tx) -> tuple[Limit, ...]:
    """Every limit, by department, cloud and class."""
    found = (Limit(**row) for row in tx.all(SQL.limits))
    return tuple(sorted(found, key=lambda limit: (limit.department, limit.cloud, place(limit.resource_class))))


def _check_use(tx: Tx, limit: Limit, where: dict[str, str]) -> None:
    row = tx.first(SQL.use, **where)
    used = row["used"] if row else 0
    if used > limit.amount:
        name = limit.resource_class
        raise problems.LIMIT_BELOW_USE(
            node=limit.department, cloud=limit.cloud, dimension=name, use=show(name, used), limit=show(name, limit.amount)
        )

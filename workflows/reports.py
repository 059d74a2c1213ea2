"""What people ask for without changing anything: quota, usage, bills, prices, audit, registers."""

from dataclasses import dataclass

from consolidation import rooms
from consolidation.rooms import Room
from inventory import declared
from jiyun import audit
from jiyun.audit import Verdict
from jiyun.money import FEN_PER_YUAN, MICRO_PER_YUAN
from jiyun.store import Row, Tx
from ledger import bills, prices, skus
from ledger.bills import Bill, Usage
from ledger.prices import Price
from ledger.rating import Line
from quotas.report import Bar, TreeRow, tree
from tenants import authority, departments
from tenants.departments import Department
from workflows.session import Session

__all__ = ["Bar", "Line", "TreeRow"]


def quota(session: Session, department: str, cloud: str) -> tuple[TreeRow, ...]:
    """The quota tree from a department downwards in one cloud."""
    with session.read() as tx:
        top = department or _top(tx)
        authority.require(tx, "quota.read", top)
        nodes = [(node.name, node.parent, node.title()) for node in departments.all_departments(tx)]
        return tree(tx, top, nodes, cloud)


def _top(tx: Tx) -> str:
    """The department that the actor sees by default: the root, or the actor's own."""
    from tenants.people import person

    scope = authority.scope(tx, "quota.read")
    return departments.roots(tx)[0] if scope is None else person(tx, tx.actor).department


def bill(session: Session, department: str, month: str, cutoff: int | None = None) -> Bill:
    """The bill of a department and all below it for a local month."""
    with session.read() as tx:
        authority.require(tx, "bill.read", department)
        return bills.bill(tx, departments.subtree(tx, department), month, cutoff)


def bill_marks(bill: Bill) -> list[str]:
    """What a reader must know of a bill, in the language in use."""
    return [str(bills.MARKS[mark]) for mark in bill.marks]


def base_unit(sku: str) -> str:
    """What a SKU's quantity is counted in, such as ``MiB``."""
    return skus.find(sku).base


@dataclass(frozen=True, slots=True)
class Priced:
    """A bill line's quantity in the unit that its price is said for: ``0.125`` of ``GiB``, exact.

    ``month_seconds`` is the length of the month that the price is for:
    amount = quantity in the priced unit x price x seconds held / ``month_seconds``.
    """

    quantity: str
    unit: str
    base: str
    month_seconds: int


def priced(line: Line) -> Priced:
    """The quantity of a line as its price counts it."""
    sku = skus.find(line.sku)
    whole, rest = divmod(line.quantity, sku.size)
    decimals = f"{rest * 10**10 // sku.size:010d}".rstrip("0")  # exact: 1/1024 has ten decimals
    month = line.denominator * FEN_PER_YUAN // (sku.size * MICRO_PER_YUAN)
    return Priced(f"{whole}.{decimals}" if decimals else str(whole), sku.unit.partition("·")[0], sku.base, month)


def usage(session: Session, department: str, month: str) -> Usage:
    """What a department and all below it held in a local month."""
    with session.read() as tx:
        authority.require(tx, "usage.read", department)
        return bills.usage_rows(tx, departments.subtree(tx, department), month)


def price_rows(session: Session) -> list[Price]:
    with session.read() as tx:
        authority.require(tx, "price.read")
        return prices.price_rows(tx)


def audit_log(session: Session, subject: str, department: str, count: int) -> list[Row]:
    """The newest audit entries; a person with a narrower scope names a department within it."""
    with session.read() as tx:
        authority.require(tx, "audit.read", department)
        return audit.recent(tx, subject=subject, department=department, count=count)


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdicts on the audit chain and on the usage chain."""

    audit: Verdict
    usage: Verdict


def verify(session: Session, head: str) -> Verification:
    """Recompute both chains; ``head`` is an audit hash noted earlier, which must still stand in the chain."""
    from ledger.events import verify_events

    with session.read() as tx:
        authority.require(tx, "audit.verify")
        return Verification(audit.verify(tx, head), verify_events(tx))


def department_list(session: Session) -> tuple[Department, ...]:
    with session.read() as tx:
        authority.require(tx, "department.read")
        return departments.all_departments(tx)


def system_list(session: Session) -> list[Row]:
    """The application systems of the departments that the actor may see."""
    with session.read() as tx:
        scope = authority.scope(tx, "system.read")
        return [row for row in declared.systems(tx) if scope is None or row["department"] in scope]


def flavor_list(session: Session) -> list[Row]:
    with session.read() as tx:
        authority.require(tx, "image.read")
        return declared.flavors(tx)


def room_list(session: Session) -> list[Room]:
    """The legacy machine rooms of the departments that the actor may see."""
    with session.read() as tx:
        scope = authority.scope(tx, "room.read")
        return [room for room in rooms.rooms(tx) if scope is None or room.department in scope]

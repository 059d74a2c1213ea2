"""The lists that people look at most.  They read the store alone and import little, so they are quick."""

from inventory import lists
from jiyun.store import Row
from tenants import authority
from workflows.session import Session


def machines(session: Session, *, ended: bool = False) -> list[Row]:
    """The machines that the actor may see; a busy hypervisor never slows this list."""
    with session.read() as tx:
        scope = authority.scope(tx, "vm.read")
        return _within(lists.machines(tx, ended=ended), scope)


def volumes(session: Session) -> list[Row]:
    """The volumes that the actor may see."""
    with session.read() as tx:
        scope = authority.scope(tx, "volume.read")
        return _within(lists.volumes(tx), scope)


def segments(session: Session) -> list[Row]:
    """The segments that the actor may see."""
    with session.read() as tx:
        scope = authority.scope(tx, "segment.read")
        return _within(lists.segments(tx), scope)


def orders(session: Session, state: str = "") -> list[Row]:
    """The orders that the actor may see, oldest first."""
    from orders import listing

    with session.read() as tx:
        scope = authority.scope(tx, "order.read")
        return _within(listing.orders(tx, state), scope)


def _within(rows: list[Row], scope: frozenset[str] | None) -> list[Row]:
    return rows if scope is None else [row for row in rows if row["department"] in scope]

"""The register of orders: submitting, reviewing, moving.  ``advance`` is the only function that writes a state."""

from collections.abc import Collection

from jiyun import audit, canonical
from jiyun.store import Row, Tx
from jiyun.store.engine import SQL as KERNEL
from orders import problems
from orders.spec import OrderSpec
from orders.statements import SQL
from orders.states import MOVES, REVIEW_ITEMS, allowed_from


def submit(tx: Tx, spec: OrderSpec) -> str:
    """Record an application; its id."""
    number = tx.one(KERNEL.next_number, name="order")["last"]
    order = f"ord-{number:06d}"
    text = canonical.encode(spec.plain())
    tx.run(
        SQL.insert,
        id=order,
        department=spec.department,
        system=spec.system,
        cloud=spec.cloud,
        applicant=tx.actor,
        spec=text,
        at=tx.now,
    )
    _event(tx, order, "", "submitted", "")
    audit.append(tx, "order.submit", order, spec.department, **spec.plain())
    return order


def get(tx: Tx, order: str) -> Row:
    """One order's row."""
    row = tx.first(SQL.order, id=order)
    if row is None:
        raise problems.UNKNOWN(order=order)
    return row


def events(tx: Tx, order: str) -> list[Row]:
    return tx.all(SQL.events, order_id=order)


def reviews(tx: Tx, order: str) -> list[Row]:
    return tx.all(SQL.reviews, order_id=order)


def review(tx: Tx, order: str, items: Collection[str], *, passed: bool, comment: str) -> str:
    """Record some of the four items (M30); the order's state afterwards.  A failed item rejects the order."""
    row = get(tx, order)
    done = {found["item"]: found["reviewer"] for found in reviews(tx, order)}
    result = "pass" if passed else "fail"
    for item in items:
        if item in done:
            raise problems.REVIEWED_TWICE(item=item, order=order, reviewer=done[item])
        require_move(tx, order, "reviewed")
        tx.run(SQL.insert_review, order_id=order, item=item, result=result, reviewer=tx.actor, comment=comment, at=tx.now)
        audit.append(tx, "order.review", order, row["department"], item=item, result=result, comment=comment)
        done[item] = tx.actor
    if not passed:
        return advance(tx, order, "rejected", ", ".join(items) + (f": {comment}" if comment else ""))
    if set(done) == set(REVIEW_ITEMS):
        return advance(tx, order, "reviewed", "")
    return "submitted"


def fix_plan(tx: Tx, order: str, plan: str, plan_hash: str) -> None:
    """Bind the approval to its plan; the database lets it never change again."""
    tx.run(SQL.set_plan, id=order, plan=plan, plan_hash=plan_hash)
    audit.append(tx, "order.plan", order, get(tx, order)["department"], plan_hash=plan_hash)


def advance(tx: Tx, order: str, to: str, reason: str) -> str:
    """Move an order, with its event and audit entry, in this transaction.  Moving to where it is does nothing."""
    row = get(tx, order)
    if row["state"] == to:
        return to
    require_move(tx, order, to)
    tx.run(SQL.set_state, id=order, state=to, reason=reason, at=tx.now)
    _event(tx, order, row["state"], to, reason)
    audit.append(tx, f"order.{to}", order, row["department"], origin=row["state"], reason=reason)
    return to


def require_move(tx: Tx, order: str, to: str) -> None:
    """Refuse a move that is not in the table, saying which are."""
    state = get(tx, order)["state"]
    if (state, to) not in MOVES:
        raise problems.ILLEGAL_MOVE(order=order, state=state, wanted=to, allowed=", ".join(allowed_from(state)) or "-")


def _event(tx: Tx, order: str, origin: str, to: str, reason: str) -> None:
    tx.run(SQL.insert_event, order_id=order, at=tx.now, actor=tx.actor, from_state=origin, to_state=to, reason=reason)

"""The list of orders, apart from what changes them: reading it must not load the rest."""

from jiyun.store import Row, Tx
from orders.statements import SQL


def orders(tx: Tx, state: str = "") -> list[Row]:
    """Every order, or those in one state, oldest first."""
    return tx.all(SQL.orders, state=state)

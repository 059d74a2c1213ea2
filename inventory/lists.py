"""Plain lists of the inventory, apart from what changes it: reading one must not load the other."""

from inventory.statements import SQL
from jiyun.store import Row, Tx


def machines(tx: Tx, *, ended: bool = False) -> list[Row]:
    """Every live machine (with ``ended``: every machine there ever was), by id."""
    return tx.all(SQL.machines_all if ended else SQL.machines)


def volumes(tx: Tx) -> list[Row]:
    """Every volume that is not wiped."""
    return tx.all(SQL.volumes)


def segments(tx: Tx) -> list[Row]:
    """Every segment with the number of addresses given out."""
    return tx.all(SQL.segments)

"""Which machine somebody means, within what that person may act on."""

from inventory import machines
from jiyun.store import Row, Tx
from tenants import authority


def machine(tx: Tx, name: str, permission: str) -> Row:
    """The machine called ``name`` (id or host name) on which the actor holds ``permission``.

    Host names are looked up among the actor's own departments: those of others neither clash nor show.
    """
    row = machines.find(tx, name, within=authority.scope(tx, permission))
    authority.require(tx, permission, row["department"])
    return row

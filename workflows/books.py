"""Do the rooms of the store agree with each other?  An order's state says what its machine, claim, address, work and
use must be; whatever differs is found here.  Nothing of it can come about by any command: it is the second wall.
"""

from collections.abc import Iterator
from typing import NamedTuple

from inventory import lists, machines
from jiyun.language import Text
from jiyun.store import Tx
from ledger import events
from operations import engine
from orders import listing
from quotas import proof

_REPORT = Text("keep this store and report it", "保留此数据库并反馈")

KINDS: dict[str, tuple[Text, Text]] = {
    "order.stalled": (Text("the order is {what}, but no work is open for it", "申请处于 {what}，但没有进行中的工作"), _REPORT),
    "order.machine": (Text("order and machine do not fit: {what}", "申请与虚机状态不符：{what}"), _REPORT),
    "order.claim": (Text("order and claim do not fit: {what}", "申请与占用状态不符：{what}"), _REPORT),
    "order.usage": (Text("order and metered use do not fit: {what}", "申请与计量状态不符：{what}"), _REPORT),
    "address.orphan": (
        Text("an address is held for machine {what}, which has ended", "虚机 {what} 已不存在，地址仍被占用"),
        _REPORT,
    ),
    "address.missing": (Text("no address is held for machine {what}", "没有为虚机 {what} 占用地址"), _REPORT),
}


class Amiss(NamedTuple):
    """One disagreement; ``code`` is a key of :data:`KINDS`."""

    code: str
    where: str
    what: str


class _Fits(NamedTuple):
    """What goes with an order's state; empty text: nothing.  ``use`` is None where both are right."""

    machine: str
    claim: str
    work: bool
    use: bool | None


_NOTHING = _Fits("", "", False, False)
_FITS = {
    "approved": _Fits("planned", "held", False, False),
    "provisioning": _Fits("planned", "held", True, False),
    "failed": _Fits("planned", "held", True, False),
    "active": _Fits("active", "active", False, True),
    "cancelling": _Fits("planned", "held", True, False),
    "cancelled": _Fits("cancelled", "released", False, False),
    "deleting": _Fits("deleting", "active", True, None),  # metering ends when the machine is off
    "deleted": _Fits("deleted", "released", False, False),
}
_ENDED = ("cancelled", "deleted")


def disagreements(tx: Tx) -> Iterator[Amiss]:
    """Every one, order by order, then the addresses."""
    built = {row["order_id"]: row for row in lists.machines(tx, ended=True)}
    claims, working = proof.claims_of_orders(tx), {row["order_id"] for row in engine.all_live(tx)}
    metered = events.running(tx)
    for order in listing.orders(tx):
        number, state = order["id"], order["state"]
        fits = _FITS.get(state, _NOTHING)
        machine = built.get(number)
        found, claim = machine["state"] if machine else "", claims.get(number, "")
        if fits.work and number not in working:
            yield Amiss("order.stalled", number, state)
        if found != fits.machine:
            yield Amiss("order.machine", number, f"{state}, {found or '-'}")
        if claim != fits.claim:
            yield Amiss("order.claim", number, f"{state}, {claim or '-'}")
        in_use = machine is not None and machine["id"] in metered
        if fits.use is not None and in_use != fits.use:
            yield Amiss("order.usage", number, f"{state}, {'metered' if in_use else 'not metered'}")
    yield from _addresses(tx, {row["id"]: row["state"] for row in built.values()})


def _addresses(tx: Tx, states: dict[str, str]) -> Iterator[Amiss]:
    held = machines.holding_addresses(tx)
    for machine, state in sorted(states.items()):
        if (machine in held) == (state in _ENDED):
            yield Amiss("address.orphan" if machine in held else "address.missing", machine, machine)

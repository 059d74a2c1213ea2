"""Bills: a pure function of what was recorded up to a cut-off and of the prices known then.

The same bill computed again, whenever and in whatever order the events came, has the same lines and the same digest.
Amounts stay exact; the total is rounded once, half to even, and the difference is a line of its own.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from jiyun import clock
from jiyun.language import Text
from jiyun.money import round_half_even
from jiyun.store import Tx
from ledger import events, intervals, prices, problems, rating
from ledger.intervals import Broken, Interval
from ledger.rating import Line

ROUNDING = "half-even"
MARKS = {
    "simulated": Text("from a simulated store: not a real bill", "来自演练数据库：不是真实账单"),
    "synthetic-prices": Text("rests on invented prices", "所用价格为虚构"),
    "to-date": Text("to date: the month is not over", "截至目前：本月尚未结束"),
    "broken-events": Text("some usage events do not fit together and were left out", "部分用量事件前后不符，未计入"),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """What some departments held in a month: intervals that touch it, uncut, and events that do not fit together."""

    intervals: tuple[Interval, ...]
    findings: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill of some departments for a local month, in fen; lines by department, system, resource, SKU and start.

    ``total + rounding = payable`` exactly.  ``cutoff`` is the second up to which what was recorded counts; ``events``
    and ``head`` are number and hash of the last usage event within it.  ``digest`` is over the lines alone.
    ``marks`` are keys of :data:`MARKS`.
    """

    departments: tuple[str, ...]
    month: str
    cutoff: int
    lines: tuple[Line, ...]
    total: Fraction
    rounding: Fraction
    payable: int
    digest: str
    events: int
    head: str
    findings: tuple[Broken, ...]
    marks: tuple[str, ...]

    @property
    def to_date(self) -> bool:
        """Whether the month was not over at the cut-off; what still runs is then rated up to the cut-off."""
        return "to-date" in self.marks


def usage_rows(tx: Tx, departments: Sequence[str], month: str, cutoff: int | None = None) -> Usage:
    """What these departments held in a local month, as known at the cut-off (now, where none is given)."""
    first, last = clock.month_bounds(month)
    found: list[Interval] = []
    findings: list[Broken] = []
    for item in _held(tx, departments, _cutoff(tx, cutoff), last):
        if isinstance(item, Broken):
            findings.append(item)
        elif item.start < last and (item.end is None or item.end > first):
            found.append(item)
    found.sort(key=lambda row: (row.department, row.system, row.resource, row.sku, row.start))
    return Usage(tuple(found), tuple(findings))


def bill(
    tx: Tx, departments: Sequence[str], month: str, cutoff: int | None = None, *, classes: Mapping[str, str] | None = None
) -> Bill:
    """The bill of these departments (a subtree by name) for a local month; errors ``price.missing``, ``bill.cutoff``.

    ``classes`` gives the tenant class of a department that does not pay the list price.
    """
    known = _cutoff(tx, cutoff)
    last = clock.month_bounds(month)[1]
    usage = usage_rows(tx, departments, month, known)
    rated = rating.rate(usage.intervals, prices.price_rows(tx, known), month, until=known, classes=classes)
    lines = tuple(sorted(rated))
    exact = rating.total(lines)
    payable = round_half_even(exact)
    number, head = events.head_at(tx, known)
    marks = {
        "simulated": tx.store.kind == "simulated",
        "synthetic-prices": not prices.synthetic_books(tx).isdisjoint(line.book for line in lines),
        "to-date": known < last,
        "broken-events": bool(usage.findings),
    }
    return Bill(
        tuple(departments),
        month,
        known,
        lines,
        exact,
        payable - exact,
        payable,
        digest(lines),
        number,
        head,
        usage.findings,
        tuple(mark for mark, true in marks.items() if true),
    )


def digest(lines: Sequence[Line]) -> str:
    """``sha256:`` and the hash over the canonical text of every line, one a row."""
    running = hashlib.sha256()
    for line in lines:
        running.update(line.canonical().encode() + b"\n")
    return f"sha256:{running.hexdigest()}"


def _cutoff(tx: Tx, cutoff: int | None) -> int:
    if cutoff is not None and cutoff > tx.now:
        raise problems.CUTOFF_AHEAD(cutoff=clock.iso(cutoff), now=clock.iso(tx.now))
    return tx.now if cutoff is None else cutoff


def _held(tx: Tx, departments: Sequence[str], cutoff: int, before: int) -> Iterator[Interval | Broken]:
    """Department by department, since a resource that moved is read with each of those that held it."""
    return chain.from_iterable(_held_by(tx, name, cutoff, before) for name in dict.fromkeys(departments))


def _held_by(tx: Tx, department: str, cutoff: int, before: int) -> Iterator[Interval | Broken]:
    for item in intervals.stream(events.of_department(tx, department, cutoff=cutoff, before=before)):
        if (item.event.department if isinstance(item, Broken) else item.department) == department:
            yield item

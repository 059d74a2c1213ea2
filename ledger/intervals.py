"""From events to time: a pure fold into half-open intervals ``[start, end)``, in whole seconds UTC.

Per resource and SKU intervals never overlap and leave no gap while the resource lives: a change closes one and opens
the next at the same second.  What does not fit together is a finding beside the intervals, never an exception: one
broken resource must not keep a city from its bills.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from jiyun.language import Text
from ledger.events import UsageEvent

_BROKEN = {
    "start": Text("starts although it already runs; the first start stands", "在运行中再次启动；以第一次启动为准"),
    "change": Text("changes although it does not run; the change is left out", "未在运行却发生变更；该变更不计"),
    "stop": Text("stops although it does not run; the stop is left out", "未在运行却停止；该停止不计"),
}


class Interval(NamedTuple):
    """What a resource held of one SKU in ``[start, end)``; ``end`` is None while it still does.

    A named tuple, not a dataclass: a month of a city has hundreds of thousands, and this is a third of the cost.
    """

    resource: str
    resource_kind: str
    sku: str
    quantity: int
    department: str
    system: str
    cloud: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Broken:
    """An event that does not follow from those before it; it was left out."""

    event: UsageEvent

    def __str__(self) -> str:
        return str(_BROKEN[self.event.kind])


@dataclass(frozen=True, slots=True)
class Folded:
    """All intervals, by resource, SKU and start; and what did not fit together."""

    intervals: tuple[Interval, ...]
    findings: tuple[Broken, ...]


def fold(events: Iterable[UsageEvent]) -> Folded:
    """Intervals of events that come in any order."""
    intervals: list[Interval] = []
    findings: list[Broken] = []
    for item in stream(sorted(events, key=attrgetter("resource", "sku"))):
        if isinstance(item, Interval):
            intervals.append(item)
        else:
            findings.append(item)
    return Folded(tuple(intervals), tuple(findings))


def stream(events: Iterable[UsageEvent]) -> Iterator[Interval | Broken]:
    """The same, one resource at a time: those of one resource and SKU must stand side by side, in any order."""
    for _, group in groupby(events, key=attrgetter("resource", "sku")):
        yield from _one(sorted(group, key=attrgetter("effective_at", "source", "source_sequence")))


def _one(events: list[UsageEvent]) -> Iterator[Interval | Broken]:
    current: UsageEvent | None = None
    while events:
        event = _next(events, live=current is not None)
        if (event.kind == "start") == (current is not None):
            yield Broken(event)
            continue
        if current is not None and event.effective_at > current.effective_at:
            yield _interval(current, event.effective_at)
        current = None if event.kind == "stop" else event
    if current is not None:
        yield _interval(current, None)


def _next(events: list[UsageEvent], *, live: bool) -> UsageEvent:
    """Take the next event off the list.

    Several may share a second.  Each source's own order holds; between sources the first that is legal now goes
    first.  Nothing here depends on the order in which they were recorded.
    """
    if len(events) == 1 or events[1].effective_at > events[0].effective_at:
        return events.pop(0)  # nearly always
    heads: dict[str, int] = {}
    for index, event in enumerate(events):
        if event.effective_at != events[0].effective_at:
            break
        heads.setdefault(event.source, index)
    legal = (index for index in heads.values() if (events[index].kind == "start") != live)
    return events.pop(next(legal, 0))


def _interval(event: UsageEvent, end: int | None) -> Interval:
    return Interval(
        event.resource,
        event.resource_kind,
        event.sku,
        event.quantity,
        event.department,
        event.system,
        event.cloud,
        event.effective_at,
        end,
    )

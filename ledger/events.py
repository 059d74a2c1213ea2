"""The usage log: what was allocated from when, as it was learned.  Append-only, hash-chained, bitemporal.

``effective_at`` is when it was true and may be given; ``recorded_at`` is the store's own clock and may not.  An event
is known by its source and the source's own number for it, so that recording it twice is harmless.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from jiyun import audit, canonical, clock
from jiyun.audit import Finding, Verdict
from jiyun.language import t
from jiyun.store import Row, Tx
from ledger import problems, skus
from ledger.statements import SQL

Kind = Literal["start", "change", "stop"]
MOST = 10**15  # base units; a city's disks in MiB are far below
SKEW_SECONDS = 60  # how far the clocks of two machines that share a store may differ
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """One change of what a resource holds of one SKU.

    ``quantity`` is what it holds from ``effective_at`` on, in the SKU's base unit; department, system and cloud say
    whose it is from then on.  In a ``stop`` they only record what ended.
    ``source`` and ``source_sequence`` name the event for ever.
    """

    source: str
    source_sequence: int
    resource: str
    resource_kind: str
    sku: str
    quantity: int
    department: str
    system: str
    cloud: str
    kind: Kind
    effective_at: int

    @property
    def event_id(self) -> str:
        """SHA-256 over source and source sequence."""
        return canonical.digest([self.source, self.source_sequence])

    def content(self) -> Row:
        """Its fields by name; ``asdict`` would copy each of them and cost as much as the insert."""
        return {field: getattr(self, field) for field in self.__slots__}


def record(tx: Tx, events: Iterable[UsageEvent]) -> int:
    """Append events to the log; how many were new.  A repeat is no event; one with another content is an error."""
    head = tx.first(SQL.usage_head)
    at = _recording_time(tx, head)
    first, last, previous = (head["seq"] if head else 0), (head["seq"] if head else 0), (head["hash"] if head else "")
    departments: set[str] = set()
    resources: set[str] = set()
    for event in events:
        event_id = event.event_id
        if _known(tx, event, event_id):
            continue
        _check(event, at)
        last += 1
        row = {"seq": last, "event_id": event_id, **event.content(), "recorded_at": at, "prev": previous}
        previous = row["hash"] = canonical.digest(row)
        tx.run(SQL.usage_insert, **row)
        departments.add(event.department)
        resources.add(event.resource)
    if last > first:
        _audit(tx, resources, departments, first + 1, last, previous)
    return last - first


def _audit(tx: Tx, resources: set[str], departments: set[str], first: int, last: int, head: str) -> None:
    """Tie the usage chain into the audit chain; the subject is the resource where there is only one."""
    subject = resources.pop() if len(resources) == 1 else f"usage {first}-{last}"
    department = departments.pop() if len(departments) == 1 else ""
    audit.append(tx, "usage.record", subject, department, first=first, last=last, head=head)


def _recording_time(tx: Tx, head: Row | None) -> int:
    """Now, but never before the last event: two machines may be a second apart, and a cut-off must stay a cut."""
    if head is None or tx.now >= head["recorded_at"]:
        return tx.now
    if head["recorded_at"] - tx.now > SKEW_SECONDS:
        raise problems.CLOCK_BACK(now=clock.iso(tx.now), last=clock.iso(head["recorded_at"]))
    return int(head["recorded_at"])


def _known(tx: Tx, event: UsageEvent, event_id: str) -> bool:
    """Whether this very event is in the log; ``usage.conflict`` where one of its name says something else."""
    found = tx.first(SQL.usage_by_id, event_id=event_id)
    if found is None:
        return False
    seq = found.pop("seq")
    if found != event.content():
        raise problems.CONFLICT(source=event.source, source_sequence=event.source_sequence, seq=seq)
    return True


def _check(event: UsageEvent, now: int) -> None:
    skus.find(event.sku)
    if not (0 if event.kind == "stop" else 1) <= event.quantity <= MOST:
        raise problems.BAD_QUANTITY(kind=event.kind, resource=event.resource, sku=event.sku, quantity=event.quantity, most=MOST)
    if event.effective_at > now:
        raise problems.FUTURE(resource=event.resource, sku=event.sku, at=clock.iso(event.effective_at), now=clock.iso(now))


def of_department(tx: Tx, department: str, *, cutoff: int, before: int) -> Iterator[UsageEvent]:
    """The events of every resource that this department ever held, all of one resource and SKU side by side.

    Only what was recorded by ``cutoff`` and took effect earlier than ``before``.  A resource that moved between
    departments comes with its whole life, so that no interval is cut in two by the reading.
    """
    after = ""
    scope = {"department": department, "cutoff": cutoff, "before": before}
    while page := tx.all(SQL.usage_resources, after=after, count=_PAGE, **scope):
        last = page[-1]["resource"]
        for row in tx.all(SQL.usage_of_resources, after=after, last=last, **scope):
            yield UsageEvent(**row)
        after = last


def head_at(tx: Tx, cutoff: int) -> tuple[int, str]:
    """Number and hash of the last event recorded by ``cutoff``; ``(0, "")`` where there is none."""
    found = tx.first(SQL.usage_head_at, cutoff=cutoff)
    return (found["seq"], found["hash"]) if found else (0, "")


def running(tx: Tx) -> set[str]:
    """The machines whose use has begun and not ended.  Reads the whole log: for ``doctor``."""
    return {row["resource"] for row in tx.all(SQL.usage_running)}


def _walk(tx: Tx) -> Iterator[Row]:
    after = 0
    while rows := tx.all(SQL.usage_page, after=after, count=_PAGE):
        yield from rows
        after = rows[-1]["seq"]


def verify_events(tx: Tx, expected_head: str = "") -> Verdict:
    """Recompute the usage chain.  ``expected_head`` is a hash noted earlier: it must still stand in the chain."""
    findings: list[Finding] = []
    count, previous, seen = 0, "", not expected_head
    for row in _walk(tx):
        count += 1
        written = row.pop("hash")
        if row["seq"] != count:
            findings.append(Finding(row["seq"], t(f"usage event {count} is missing", f"缺少第 {count} 条用量事件")))
            count = row["seq"]
        if row["prev"] != previous:
            findings.append(Finding(row["seq"], t("does not follow the event before it", "与前一条用量事件不衔接")))
        if canonical.digest(row) != written:
            findings.append(Finding(row["seq"], t("was changed after it was written", "写入后被改动")))
        if canonical.digest([row["source"], row["source_sequence"]]) != row["event_id"]:
            findings.append(Finding(row["seq"], t("does not carry the id of its source", "编号与其来源不符")))
        previous = written
        seen = seen or previous == expected_head
    if not seen:
        lost = t(f"the usage log no longer holds the head {expected_head}", f"用量记录中已没有链头 {expected_head}")
        findings.append(Finding(count, lost))
    return Verdict(count, previous, tuple(findings))

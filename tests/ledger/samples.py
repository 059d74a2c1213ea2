"""What the tests of this room share: a short way to write events and prices."""

from dataclasses import replace

from jiyun import clock
from ledger.events import Kind, UsageEvent
from ledger.prices import Book, Price

START, END = clock.month_bounds("2026-11")
DAY = 86_400


def event(number: int, kind: Kind, at: int, quantity: int = 2, **changes: object) -> UsageEvent:
    """Event ``number`` of one source: machine vm-1 of the taxation bureau, by vCPU."""
    base = UsageEvent("test", number, "vm-1", "machine", "vcpu", quantity, "taxation", "tax", "public", kind, at)
    return replace(base, **changes)  # type: ignore[arg-type]


def price(sku: str, micro_yuan: int, since: int = START, to: int | None = None, **changes: object) -> Price:
    """A list price by the actual month."""
    unit = {"vcpu": "vCPU·month", "address": "address·month"}.get(sku, "GiB·month")
    return replace(Price(sku, unit, micro_yuan, "actual", since, to), **changes)  # type: ignore[arg-type]


BOOK = Book(
    "2026",
    (
        price("vcpu", 45_000_000),
        price("memory", 20_000_000),
        price("disk.standard", 300_000),
        price("address", 5_000_000),
    ),
)

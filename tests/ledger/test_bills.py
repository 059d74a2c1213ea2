"""Bills from the store: reproducible, exact, by cut-off, department by department."""

import random
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiyun import clock
from jiyun.errors import Exit, JiyunError
from jiyun.store import Store
from jiyun.store.create import advance_clock, create_store
from ledger.bills import MARKS, Bill, bill, digest, usage_rows
from ledger.events import Kind, UsageEvent, record
from ledger.prices import Book, put_book
from tests.ledger.samples import BOOK, DAY, END, START, event, price


def put(store: Store, *events: UsageEvent) -> None:
    with store.write("ops") as tx:
        record(tx, events)


def billed(store: Store, *departments: str, cutoff: int | None = None) -> Bill:
    with store.read() as tx:
        return bill(tx, departments or ("taxation",), "2026-11", cutoff)


def test_a_month_with_a_resize_sums_to_the_fen(priced: Store) -> None:
    advance_clock(priced, "ops", END + DAY)
    put(priced, event(1, "start", START), event(2, "change", START + 15 * DAY, 4), event(3, "start", START, 4096, sku="memory"))
    put(priced, event(4, "start", START + 20 * DAY, 10_240, sku="disk.standard", resource="vol-1", resource_kind="volume"))
    put(priced, event(5, "start", START + 20 * DAY + 1, 1, sku="address"))
    found = billed(priced)
    assert [(line.resource, line.sku, line.quantity) for line in found.lines] == [
        ("vm-1", "address", 1),
        ("vm-1", "memory", 4096),
        ("vm-1", "vcpu", 2),
        ("vm-1", "vcpu", 4),
        ("vol-1", "disk.standard", 10_240),
    ]
    whole = 4500 + 9000 + 8000 + 100
    assert found.total == whole + Fraction(500 * (10 * DAY - 1), 30 * DAY)
    assert found.payable == 21_767 and not found.to_date
    assert sum((line.amount for line in found.lines), Fraction(0)) + found.rounding == found.payable
    assert found.marks == ("simulated",) and found.digest.startswith("sha256:")


def test_a_tie_is_rounded_once_to_the_even_fen(store: Store) -> None:
    book = Book("half", (price("vcpu", 5_000),))  # half a fen for each vCPU
    with store.write("finance") as tx:
        put_book(tx, book)
    advance_clock(store, "ops", END)
    put(store, *(event(number, "start", START, 1, resource=f"vm-{number}") for number in range(3)))
    found = billed(store)
    assert (found.total, found.payable, found.rounding) == (Fraction(3, 2), 2, Fraction(1, 2))
    put(store, event(9, "start", START, 2, resource="vm-9"))
    assert billed(store).payable == 2  # 2.5


def test_a_late_event_costs_what_it_would_have_on_time(database_url: str, tmp_path: Path) -> None:
    events = [event(1, "start", START), event(2, "change", START + 3 * DAY, 6), event(3, "stop", START + 9 * DAY)]
    with (
        create_store(database_url, city="x", actor="ops", simulated_at=START) as late,
        create_store(f"sqlite:///{tmp_path / 'other.db'}", city="x", actor="ops", simulated_at=START) as on_time,
    ):
        for store in (late, on_time):
            with store.write("finance") as tx:
                put_book(tx, BOOK)
        put(late, events[0])
        for one in events:
            advance_clock(on_time, "ops", one.effective_at)
            put(on_time, one)
        advance_clock(late, "ops", END + 5 * DAY)
        advance_clock(on_time, "ops", END + 5 * DAY)
        put(late, events[2], events[1])
        assert (billed(late).digest, billed(late).total) == (billed(on_time).digest, billed(on_time).total)


def test_a_bill_can_be_run_again_as_of_its_cutoff(priced: Store) -> None:
    put(priced, event(1, "start", START))
    advance_clock(priced, "ops", START + 10 * DAY)
    first = billed(priced)
    assert first.to_date and first.lines[0].end == START + 10 * DAY and first.payable == 3000
    advance_clock(priced, "ops", END + DAY)
    put(priced, event(2, "stop", START + 5 * DAY))
    with priced.write("finance") as tx:
        put_book(tx, Book("2027", (price("vcpu", 1, END + 2 * DAY),)))
    assert billed(priced, cutoff=first.cutoff) == first
    assert billed(priced).payable == 1500
    assert billed(priced, cutoff=END).payable == 9000 and not billed(priced, cutoff=END).to_date


def test_the_cutoff_is_not_in_the_future(priced: Store) -> None:
    with pytest.raises(JiyunError) as caught:
        billed(priced, cutoff=START + 1)
    assert (caught.value.code, caught.value.exit) == ("bill.cutoff", Exit.USAGE)


def test_a_machine_that_moved_is_on_both_bills_and_once_on_the_common_one(priced: Store) -> None:
    advance_clock(priced, "ops", END)
    put(priced, event(1, "start", START), event(2, "change", START + 10 * DAY, 2, department="transport", system="taxi"))
    put(priced, event(3, "start", START, resource="vm-2", department="education"))
    parts = [billed(priced, "taxation"), billed(priced, "transport")]
    assert [part.payable for part in parts] == [3000, 6000]
    common = billed(priced, "transport", "taxation", "transport")
    assert common.lines == parts[0].lines + parts[1].lines
    assert common.payable == 9000
    assert billed(priced, "city").lines == () and billed(priced).findings == ()


def test_broken_events_are_marked_not_hidden(priced: Store) -> None:
    advance_clock(priced, "ops", END)
    put(priced, event(1, "stop", START), event(2, "start", START))
    found = billed(priced)
    assert [one.event.kind for one in found.findings] == ["stop"] and found.payable == 9000
    assert found.marks == ("simulated", "broken-events") and set(found.marks) <= set(MARKS)


def test_invented_prices_mark_the_bill_and_no_price_refuses_it(store: Store) -> None:
    put(store, event(1, "start", START))
    advance_clock(store, "ops", END)
    with pytest.raises(JiyunError, match="no price for vcpu at 2026-10-31T16:00:00Z"):
        billed(store)
    with store.write("finance") as tx:
        put_book(tx, replace(BOOK, synthetic=True))
    assert billed(store).marks == ("simulated", "synthetic-prices")


def test_usage_shows_what_touches_the_month_uncut(priced: Store) -> None:
    advance_clock(priced, "ops", END + DAY)
    put(priced, event(1, "start", START - DAY), event(2, "stop", START + DAY), event(3, "start", END))
    put(priced, event(4, "start", START - 9 * DAY, resource="old"), event(5, "stop", START, resource="old"))
    with priced.read() as tx:
        assert [(row.start, row.end) for row in usage_rows(tx, ("taxation",), "2026-11").intervals] == [
            (START - DAY, START + DAY)
        ]


def test_more_than_a_page_of_resources(priced: Store) -> None:
    advance_clock(priced, "ops", END)
    put(priced, *(event(number, "start", START, 1, resource=f"vm-{number}") for number in range(1100)))
    found = billed(priced)
    assert (len({line.resource for line in found.lines}), found.payable, found.events) == (1100, 1100 * 4500, 1100)


kinds: st.SearchStrategy[Kind] = st.sampled_from(("start", "change", "stop"))
drawn = st.lists(st.tuples(kinds, st.integers(-2, 32), st.integers(1, 7), st.sampled_from(("x", "y"))), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None)
@given(drawn, st.randoms())
def test_the_digest_does_not_depend_on_the_order_of_recording(
    rows: list[tuple[Kind, int, int, str]], chance: random.Random
) -> None:
    events = [
        event(number, kind, START + day * DAY, quantity, resource=resource)
        for number, (kind, day, quantity, resource) in enumerate(rows)
    ]
    shuffled = list(events)
    chance.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as folder:
        one, other = (_fresh(Path(folder) / name, order) for name, order in (("a.db", events), ("b.db", shuffled)))
    assert (one.digest, one.lines, one.payable) == (other.digest, other.lines, other.payable)
    assert one.total + one.rounding == one.payable and abs(one.rounding) <= Fraction(1, 2)
    assert one.digest == digest(one.lines)


def _fresh(path: Path, events: list[UsageEvent]) -> Bill:
    with create_store(f"sqlite:///{path}", city="x", actor="ops", simulated_at=END + 5 * DAY) as store:
        with store.write("finance") as tx:
            put_book(tx, replace(BOOK, prices=(price("vcpu", 45_000_001, 0),)))
        put(store, *events)
        return billed(store)


def test_the_month_is_the_citys_own() -> None:
    assert [clock.iso(edge) for edge in (START, END)] == ["2026-10-31T16:00:00Z", "2026-11-30T16:00:00Z"]

"""Use and bills over a month, on a simulated store whose clock is set forward."""

from fractions import Fraction

import pytest

from jiyun import clock
from jiyun.errors import Exit, JiyunError
from jiyun.money import round_half_even
from tests.support import raw
from tests.support.world import START, World
from workflows import reports
from workflows.setup import advance_clock

MONTH = clock.month_bounds("2026-01")
# Micro-yuan for one priced unit and month, and base units in one: minimal.yaml.
PRICES = {"vcpu": (45_000_000, 1), "memory": (20_000_000, 1024), "disk.standard": (300_000, 1024), "address": (5_000_000, 1)}
HELD = {"vcpu": 1, "memory": 128, "disk.standard": 64 + 512, "address": 1}


def to(world: World, moment: str) -> int:
    seconds = clock.parse(moment)
    advance_clock(world.session("operator"), seconds)
    return seconds


def expected_fen(seconds: int, month: tuple[int, int] = MONTH) -> Fraction:
    """What one machine of this size costs for so long: worked out once more, by hand."""
    share = Fraction(seconds, month[1] - month[0])
    return sum((Fraction(price * HELD[sku], size * 10_000) * share for sku, (price, size) in PRICES.items()), Fraction(0))


def test_nothing_is_charged_before_acceptance(world: World) -> None:
    number = world.approved()
    to(world, "2026-01-10")
    assert raw.rows(world.store, "SELECT * FROM usage_event") == []
    world.fulfil(number)
    events = raw.rows(world.store, "SELECT * FROM usage_event ORDER BY seq")
    assert [(row["sku"], row["quantity"]) for row in events] == [
        ("vcpu", 1),
        ("memory", 128),
        ("address", 1),
        ("disk.standard", 64),
        ("disk.standard", 512),
    ]
    assert {(row["kind"], row["effective_at"], row["department"], row["system"], row["cloud"]) for row in events} == {
        ("start", clock.parse("2026-01-10"), "finance", "budget", "administrative")
    }


def test_a_month_s_bill_sums_to_the_fen(world: World) -> None:
    world.active()
    to(world, "2026-02-03")
    bill = reports.bill(world.session("operator"), "finance", "2026-01")
    assert len(bill.lines) == 5
    assert bill.total == sum(line.amount for line in bill.lines) == expected_fen(MONTH[1] - START)
    assert bill.total + bill.rounding == bill.payable == round_half_even(bill.total)
    assert set(bill.marks) == {"simulated", "synthetic-prices"}
    february = reports.bill(world.session("operator"), "finance", "2026-02")
    assert "to-date" in february.marks
    assert february.total == expected_fen(2 * 86400, clock.month_bounds("2026-02"))


def test_a_delete_ends_the_charge_at_its_second(world: World) -> None:
    number = world.active()
    ended = to(world, "2026-01-20T03:04:05Z")
    world.delete(world.machine(number))
    to(world, "2026-02-10")
    bill = reports.bill(world.session("operator"), "finance", "2026-01")
    assert bill.total == expected_fen(ended - START)
    assert reports.bill(world.session("operator"), "finance", "2026-02").lines == ()
    usage = reports.usage(world.session("operator"), "finance", "2026-01")
    assert {(row.start, row.end) for row in usage.intervals} == {(START, ended)}
    assert usage.findings == ()


def test_the_same_bill_again_is_the_same_bill(world: World) -> None:
    world.active()
    cutoff = to(world, "2026-02-01")
    first = reports.bill(world.session("operator"), "city", "2026-01", cutoff)
    to(world, "2026-02-01T00:00:01+08:00")
    world.active(hostname="budget-2")
    to(world, "2026-03-01")
    again = reports.bill(world.session("operator"), "city", "2026-01", cutoff)
    assert (again.digest, again.payable, again.events, again.head) == (first.digest, first.payable, first.events, first.head)


def test_a_parent_s_bill_holds_what_is_below_it(world: World) -> None:
    world.active()
    to(world, "2026-02-01")
    session = world.session("operator")
    assert reports.bill(session, "city", "2026-01").total == reports.bill(session, "finance", "2026-01").total > 0


def test_a_cancelled_order_is_never_charged(world: World) -> None:
    world.cancel(world.approved())
    to(world, "2026-02-01")
    assert reports.bill(world.session("operator"), "city", "2026-01").lines == ()


def test_a_clock_goes_only_forward_and_a_real_one_not_at_all(world: World) -> None:
    to(world, "2026-01-06")
    with pytest.raises(JiyunError) as caught:
        to(world, "2026-01-05")
    assert (caught.value.code, caught.value.exit) == ("store.clock-back", Exit.USAGE)

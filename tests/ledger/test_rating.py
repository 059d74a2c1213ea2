"""Rating: exact, cut where prices and months change, the same however time is sliced."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiyun import clock
from jiyun.errors import Exit, JiyunError
from jiyun.money import FEN_PER_YUAN
from ledger.intervals import Interval
from ledger.prices import Price
from ledger.rating import rate, total
from tests.ledger.samples import DAY, END, START, price

VCPU = price("vcpu", 45_000_000)


def held(start: int, end: int | None, quantity: int = 2, sku: str = "vcpu") -> Interval:
    return Interval("vm-1", "machine", sku, quantity, "taxation", "tax", "public", start, end)


def cost(intervals: list[Interval], prices: list[Price], month: str = "2026-11", until: int | None = None) -> Fraction:
    return total(rate(intervals, prices, month, until=until))


def yuan(amount: int) -> int:
    return amount * FEN_PER_YUAN


@pytest.mark.parametrize(("month", "days"), [("2027-02", 28), ("2028-02", 29), ("2026-11", 30), ("2026-12", 31), ("2100-02", 28)])
def test_a_whole_month_costs_the_monthly_price_however_long_it_is(month: str, days: int) -> None:
    first, last = clock.month_bounds(month)
    assert last - first == days * DAY
    prices = [price("vcpu", 45_000_000, 0)]
    assert cost([held(0, None)], prices, month) == yuan(90)
    assert cost([held(first, first + DAY)], prices, month) == Fraction(yuan(90), days)
    sliced = [held(first + day * DAY, first + (day + 1) * DAY) for day in range(days)]
    assert sum(cost([one], prices, month) for one in sliced) == yuan(90)


def test_a_month_of_730_hours_is_the_same_in_every_month() -> None:
    fixed = [price("vcpu", 45_000_000, 0, month_rule="fixed730")]
    for month in ("2027-02", "2026-12"):
        first = clock.month_bounds(month)[0]
        assert cost([held(first, first + 3600, 1)], fixed, month) == Fraction(yuan(45), 730)
    assert cost([held(0, None, 1)], fixed, "2026-12") == Fraction(yuan(45) * 744, 730)


def test_memory_and_disk_are_counted_in_mib_and_priced_by_gib() -> None:
    assert cost([held(0, None, 4096, "memory")], [price("memory", 20_000_000)]) == yuan(80)
    assert cost([held(0, None, 512, "disk.ssd")], [price("disk.ssd", 300_000)]) == 15


def test_a_new_price_in_mid_month_cuts_the_line() -> None:
    turn = START + 10 * DAY
    lines = list(
        rate([held(START + DAY, None)], [price("vcpu", 30_000_000, START, turn), price("vcpu", 60_000_000, turn)], "2026-11")
    )
    assert [(line.start, line.end, line.micro_yuan) for line in lines] == [
        (START + DAY, turn, 30_000_000),
        (turn, END, 60_000_000),
    ]
    assert total(lines) == yuan(2 * 30 * 9 // 30 + 2 * 60 * 20 // 30)


def test_the_line_says_all_that_it_was_computed_from() -> None:
    (line,) = rate([held(START, START + DAY)], [price("vcpu", 45_000_000, book="2026")], "2026-11")
    assert line.amount == Fraction(line.quantity * line.micro_yuan * line.seconds, (END - START) * 10_000)
    assert (line.unit, line.rule, line.book, line.department, line.system) == ("vCPU·month", "actual", "2026", "taxation", "tax")


def test_the_tenants_class_pays_its_own_price_while_there_is_one() -> None:
    county = price("vcpu", 15_000_000, START, START + 10 * DAY, tenant_class="county")
    lines = list(rate([held(START, None, 1)], [VCPU, county], "2026-11", classes={"taxation": "county"}))
    assert [line.micro_yuan for line in lines] == [15_000_000, 45_000_000]
    assert total(rate([held(START, None, 1)], [VCPU, county], "2026-11")) == yuan(45)


@pytest.mark.parametrize(
    ("prices", "moment"),
    [([], START), ([price("memory", 1)], START), ([price("vcpu", 1, START, START + DAY)], START + DAY)],
)
def test_no_price_is_an_error_and_never_zero(prices: list[Price], moment: int) -> None:
    with pytest.raises(JiyunError) as caught:
        cost([held(START, None)], prices)
    assert (caught.value.code, caught.value.exit) == ("price.missing", Exit.NOT_FOUND)
    assert f"no price for vcpu at {clock.iso(moment)}" in caught.value.message()


def test_a_gap_in_the_prices_matters_only_where_something_is_held() -> None:
    prices = [price("vcpu", 30_000_000, START, START + DAY), price("vcpu", 30_000_000, START + 2 * DAY)]
    assert cost([held(START, START + DAY), held(START + 2 * DAY, START + 3 * DAY)], prices) == yuan(4)


def test_a_price_of_zero_is_a_price() -> None:
    assert [line.amount for line in rate([held(START, None)], [price("vcpu", 0)], "2026-11")] == [0]


def test_outside_the_month_nothing_is_rated_and_until_cuts() -> None:
    assert list(rate([held(0, START), held(END, None)], [VCPU], "2026-11")) == []
    assert cost([held(START, None, 1)], [VCPU], until=START + 15 * DAY) == Fraction(yuan(45), 2)
    assert cost([held(START, None, 1)], [VCPU], until=START) == 0
    assert cost([held(START, None, 1)], [VCPU], until=END + DAY) == yuan(45)


seconds = st.integers(START - 3 * DAY, END + 3 * DAY)
PRICES = [
    price("vcpu", 7_000_001, 0, START + 10 * DAY + 1),
    price("vcpu", 333_333, START + 10 * DAY + 1, START + 20 * DAY),
    price("vcpu", 45_670_000, START + 20 * DAY, None, month_rule="fixed730"),
]


@given(st.lists(seconds, min_size=2, max_size=8, unique=True), st.integers(1, 10**9))
def test_splitting_an_interval_never_changes_its_cost(edges: list[int], quantity: int) -> None:
    edges.sort()
    whole = held(edges[0], edges[-1], quantity)
    parts = [held(start, end, quantity) for start, end in pairwise(edges)]
    assert cost([whole], PRICES) == cost(parts, PRICES)


@given(st.lists(st.tuples(seconds, st.integers(1, 10**6), st.integers(1, 100)), max_size=20))
def test_the_total_is_the_sum_of_the_exact_lines(drawn: list[tuple[int, int, int]]) -> None:
    lines = list(rate([held(start, start + length, quantity) for start, length, quantity in drawn], PRICES, "2026-11"))
    assert total(lines) == sum((line.amount for line in lines), Fraction(0))
    assert all(START <= line.start < line.end <= END for line in lines)

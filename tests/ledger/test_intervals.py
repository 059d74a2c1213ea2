"""Folding events into intervals: no overlap, no gap, whatever the order they came in."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jiyun import language
from ledger.events import Kind, UsageEvent
from ledger.intervals import Interval, fold
from tests.ledger.samples import event


def spans(events: list[UsageEvent]) -> list[tuple[int, int, int | None]]:
    return [(item.quantity, item.start, item.end) for item in fold(events).intervals]


def test_a_change_closes_and_opens_at_the_same_second() -> None:
    assert spans([event(1, "start", 10), event(2, "change", 20, 4), event(3, "stop", 30)]) == [(2, 10, 20), (4, 20, 30)]


def test_what_runs_has_no_end_and_what_stopped_may_start_again() -> None:
    assert spans([event(1, "start", 10), event(2, "stop", 20), event(3, "start", 40, 8)]) == [(2, 10, 20), (8, 40, None)]


def test_a_move_gives_each_department_its_own_seconds() -> None:
    moved = event(2, "change", 20, department="transport", system="taxi")
    found = fold([event(1, "start", 10), moved]).intervals
    assert [(item.department, item.system, item.start, item.end) for item in found] == [
        ("taxation", "tax", 10, 20),
        ("transport", "taxi", 20, None),
    ]


def test_nothing_lasts_no_time() -> None:
    assert spans([event(1, "start", 10), event(2, "change", 10, 4), event(3, "stop", 10)]) == []


def test_each_resource_and_sku_has_a_life_of_its_own() -> None:
    events = [event(1, "start", 10), event(2, "start", 15, sku="memory"), event(3, "start", 12, resource="vm-2")]
    assert {(item.resource, item.sku, item.start) for item in fold(events).intervals} == {
        ("vm-1", "vcpu", 10),
        ("vm-1", "memory", 15),
        ("vm-2", "vcpu", 12),
    }


def test_what_does_not_fit_is_a_finding_and_the_rest_stands() -> None:
    folded = fold(
        [event(1, "stop", 5), event(2, "start", 10), event(3, "start", 15), event(4, "stop", 20), event(5, "change", 25)]
    )
    assert [(item.start, item.end) for item in folded.intervals] == [(10, 20)]
    assert [broken.event.source_sequence for broken in folded.findings] == [1, 3, 5]
    assert [str(broken).split(" ")[0] for broken in folded.findings] == ["stops", "starts", "changes"]
    language.use("zh")
    try:
        assert str(folded.findings[1]).startswith("在运行中再次启动")
    finally:
        language.use("en")


def test_two_sources_in_one_second_go_in_the_order_that_makes_sense() -> None:
    stop, start = event(1, "stop", 20, source="b-old"), event(1, "start", 20, 4, source="a-new")
    folded = fold([event(1, "start", 10), start, stop])
    assert [(item.quantity, item.start, item.end) for item in folded.intervals] == [(2, 10, 20), (4, 20, None)]
    assert not folded.findings


kinds: st.SearchStrategy[Kind] = st.sampled_from(("start", "change", "stop"))
moments = st.tuples(kinds, st.integers(0, 12), st.integers(1, 4), st.sampled_from("ab"), st.sampled_from(("x", "y")))


@given(st.lists(moments, max_size=25), st.randoms())
def test_intervals_never_overlap_leave_no_gap_and_do_not_depend_on_the_order(
    drawn: list[tuple[Kind, int, int, str, str]], chance: random.Random
) -> None:
    events = [
        event(number, kind, at, quantity, source=source, resource=resource)
        for number, (kind, at, quantity, source, resource) in enumerate(drawn)
    ]
    folded = fold(events)
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert fold(shuffled) == folded
    for resource in ("x", "y"):
        _check_life([item for item in folded.intervals if item.resource == resource], events)


def _check_life(life: list[Interval], events: list[UsageEvent]) -> None:
    for earlier, later in pairwise(life):
        assert earlier.end is not None and earlier.start < earlier.end <= later.start
        if earlier.end < later.start:  # a pause, and something says so
            assert any(one.kind == "stop" and one.effective_at == earlier.end for one in events)

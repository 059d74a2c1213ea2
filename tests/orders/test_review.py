"""The four review items (M30): who may give them, once each, and what follows."""

from collections.abc import Callable

import pytest

from jiyun.errors import Exit, JiyunError
from tenants.people import Person, put_person
from tests.support import raw
from tests.support.world import ITEMS, World
from workflows import lists, order


def test_each_item_is_recorded_with_reviewer_and_time(world: World) -> None:
    number = world.submit()
    for item in ITEMS[:-1]:
        assert order.review(world.session("reviewer"), number, (item,), passed=True, comment="可以") == "submitted"
    assert order.review(world.session("reviewer"), number, ITEMS[-1:], passed=True) == "reviewed"
    found = order.show(world.session("reviewer"), number).reviews
    assert sorted(row["item"] for row in found) == sorted(ITEMS)
    assert {row["reviewer"] for row in found} == {"reviewer"}
    assert all(row["at"] > 0 for row in found)
    actions = raw.rows(world.store, "SELECT action FROM audit WHERE subject = :s ORDER BY seq", s=number)
    assert [row["action"] for row in actions] == ["order.submit", *["order.review"] * 4, "order.reviewed"]


def test_an_item_is_reviewed_once(world: World) -> None:
    number = world.submit()
    order.review(world.session("reviewer"), number, ("security",), passed=True)
    for passed in (True, False):
        with pytest.raises(JiyunError) as caught:
            order.review(world.session("reviewer"), number, ("standards", "security"), passed=passed, comment="x")
        assert (caught.value.code, caught.value.exit) == ("order.reviewed-twice", Exit.CONFLICT)
    assert [row["item"] for row in order.show(world.session("reviewer"), number).reviews] == ["security"]


@pytest.mark.parametrize("items", [("security",), ITEMS, ("security", "security")])
def test_a_failed_item_rejects(world: World, items: tuple[str, ...]) -> None:
    number = world.submit()
    assert order.review(world.session("reviewer"), number, items, passed=False, comment="no IPv6") == "rejected"
    view = order.show(world.session("reviewer"), number)
    assert view.row["reason"] == f"{', '.join(dict.fromkeys(items))}: no IPv6"
    assert {row["result"] for row in view.reviews} == {"fail"}
    with pytest.raises(JiyunError) as caught:
        order.review(world.session("reviewer"), number, ("feasibility",), passed=True)
    assert caught.value.exit == Exit.CONFLICT


def test_no_item_and_an_unknown_item_are_usage_errors(world: World) -> None:
    number = world.submit()
    for items in ((), ("beauty",)):
        with pytest.raises(JiyunError) as caught:
            order.review(world.session("reviewer"), number, items, passed=True)
        assert (caught.value.code, caught.value.exit) == ("order.no-item", Exit.USAGE)
        assert ", ".join(ITEMS) in caught.value.message()


@pytest.mark.parametrize("text", ["two\nlines", "bell\x07", "\ud800", "x" * 501, "\u202egnp.exe"])
def test_a_comment_or_reason_is_one_readable_line(world: World, text: str) -> None:
    number = world.submit()
    reviewer, applicant = world.session("reviewer"), world.session("applicant")
    acts: tuple[Callable[[], str], ...] = (
        lambda: order.review(reviewer, number, ITEMS, passed=True, comment=text),
        lambda: order.reject(reviewer, number, text),
        lambda: order.withdraw(applicant, number, text),
    )
    for act in acts:
        with pytest.raises(JiyunError) as caught:
            act()
        assert (caught.value.code, caught.value.exit) == ("order.field", Exit.USAGE)
    assert world.state_of(number) == "submitted"


def test_nobody_reviews_or_approves_an_application_of_one_s_own(world: World) -> None:
    """Even who holds every role."""
    with world.store.write("ops") as tx:
        roles = tuple((role, "city") for role in ("applicant", "reviewer", "approver", "operator"))
        put_person(tx, Person("boss", "city", ""), roles)
    number = world.submit("boss")
    with pytest.raises(JiyunError) as caught:
        order.review(world.session("boss"), number, ITEMS, passed=True)
    assert (caught.value.code, caught.value.exit) == ("permission.own-application", Exit.NOT_PERMITTED)
    order.review(world.session("reviewer"), number, ITEMS, passed=True)
    with pytest.raises(JiyunError) as caught:
        order.approve(world.session("boss"), number)
    assert caught.value.code == "permission.own-application"
    assert world.state_of(number) == "reviewed"


def test_reject_and_withdraw_keep_their_reason(world: World) -> None:
    first, second = world.reviewed(), world.submit(hostname="budget-2")
    assert order.reject(world.session("reviewer"), first, "没有预算") == "rejected"
    assert order.withdraw(world.session("applicant"), second, "asked twice") == "withdrawn"
    rows = {row["id"]: (row["state"], row["reason"]) for row in lists.orders(world.session("operator"))}
    assert rows == {first: ("rejected", "没有预算"), second: ("withdrawn", "asked twice")}
    with pytest.raises(JiyunError) as caught:
        order.approve(world.session("reviewer"), first)
    assert caught.value.code == "order.illegal-move"


def test_an_order_is_not_approved_before_all_four_items(world: World) -> None:
    number = world.submit()
    order.review(world.session("reviewer"), number, ITEMS[:3], passed=True)
    with pytest.raises(JiyunError) as caught:
        order.approve(world.session("reviewer"), number)
    assert caught.value.code == "order.illegal-move"
    assert raw.rows(world.store, "SELECT count(*) AS n FROM machine") == [{"n": 0}]


def test_an_unknown_order(world: World) -> None:
    with pytest.raises(JiyunError) as caught:
        order.show(world.session("operator"), "ord-000099")
    assert (caught.value.code, caught.value.exit) == ("order.unknown", Exit.NOT_FOUND)

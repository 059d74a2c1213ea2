"""The table of states: in the code, in the database, and against a model that knows nothing of either."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from jiyun.errors import Exit, JiyunError
from orders import register
from orders.states import MOVES, REVIEW_ITEMS, STATES, allowed_from
from tests.support import raw, world
from tests.support.world import World

# Written down a second time on purpose, from the product's description: what may follow what.
FOLLOWS = {
    "submitted": {"reviewed", "rejected", "withdrawn"},
    "reviewed": {"approved", "rejected", "withdrawn"},
    "approved": {"provisioning", "cancelling"},
    "provisioning": {"active", "failed", "cancelling"},
    "failed": {"provisioning", "cancelling"},
    "cancelling": {"cancelled"},
    "active": {"deleting"},
    "deleting": {"deleted"},
}


def test_the_database_holds_the_same_table(world: World) -> None:
    found = raw.rows(world.store, "SELECT from_state, to_state FROM order_move")
    assert {(row["from_state"], row["to_state"]) for row in found} == MOVES
    assert {(origin, to) for origin, following in FOLLOWS.items() for to in following} == MOVES


def test_every_state_is_described_and_reached() -> None:
    assert {state for move in MOVES for state in move} == set(STATES)
    assert all(text.en and text.zh for text in STATES.values())
    assert [state for state in STATES if not allowed_from(state)] == ["cancelled", "rejected", "withdrawn", "deleted"]


def test_moving_to_where_it_is_does_nothing(world: World) -> None:
    number = world.submit()
    before = raw.dump(world.store)
    with world.store.write("reviewer") as tx:
        assert register.advance(tx, number, "submitted", "again") == "submitted"
    assert raw.dump(world.store) == before


def test_an_illegal_move_says_what_is_legal(world: World) -> None:
    number = world.submit()
    with pytest.raises(JiyunError) as caught, world.store.write("reviewer") as tx:
        register.advance(tx, number, "active", "")
    assert (caught.value.code, caught.value.exit) == ("order.illegal-move", Exit.CONFLICT)
    assert caught.value.message().endswith("From here it can become: rejected, reviewed, withdrawn.")


class Orders(RuleBasedStateMachine):
    """One order, pushed about; ``home`` is the store of all examples."""

    home: World

    @initialize()
    def begin(self) -> None:
        with self.home.store.write("applicant") as tx:
            self.order = register.submit(tx, world.spec())
        self.state, self.reviews, self.events = "submitted", dict[str, str](), 1

    def attempt(self, legal: bool, act: Any) -> None:
        """Do it; the register and the model must agree on whether that was legal."""
        if legal:
            act()
            return
        with pytest.raises(JiyunError) as caught:
            act()
        assert caught.value.exit == Exit.CONFLICT

    @rule(to=st.sampled_from(sorted(STATES)))
    def advance(self, to: str) -> None:
        ready = to != "reviewed" or list(self.reviews.values()) == ["pass"] * 4
        legal = to == self.state or (to in FOLLOWS.get(self.state, set()) and ready)

        def act() -> None:
            with self.home.store.write("operator") as tx:
                register.advance(tx, self.order, to, "why")

        self.attempt(legal, act)
        if legal and to != self.state:
            self.state, self.events = to, self.events + 1

    @rule(to=st.sampled_from(sorted(STATES)))
    def plain_sql(self, to: str) -> None:
        if to in FOLLOWS.get(self.state, set()):
            return
        rule = raw.refused(self.home.store, "UPDATE orders SET state = :to WHERE id = :id", to=to, id=self.order)
        assert rule in ("an order cannot move between these two states", "an order is reviewed when all four items have passed")

    @rule(
        items=st.lists(st.sampled_from(sorted(REVIEW_ITEMS)), min_size=1, max_size=4, unique=True),
        passed=st.sampled_from([True] * 9 + [False]),
    )
    def review(self, items: list[str], passed: bool) -> None:
        legal = self.state == "submitted" and not set(items) & set(self.reviews)

        def act() -> None:
            with self.home.store.write("reviewer") as tx:
                register.review(tx, self.order, items, passed=passed, comment="")

        self.attempt(legal, act)
        if not legal:
            return
        self.reviews |= dict.fromkeys(items, "pass" if passed else "fail")
        if not passed or len(self.reviews) == 4:
            self.state, self.events = "reviewed" if passed else "rejected", self.events + 1

    @invariant()
    def agrees(self) -> None:
        with self.home.store.read() as tx:
            assert register.get(tx, self.order)["state"] == self.state
            assert {row["item"]: row["result"] for row in register.reviews(tx, self.order)} == self.reviews
            events = register.events(tx, self.order)
        assert [row["seq"] for row in events] == list(range(1, self.events + 1))
        assert [row["from_state"] for row in events] == ["", *(row["to_state"] for row in events[:-1])]
        assert events[-1]["to_state"] == self.state


def test_the_register_agrees_with_a_model(world: World) -> None:
    class Here(Orders):
        home = world

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Here, settings=settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=checks)
    )

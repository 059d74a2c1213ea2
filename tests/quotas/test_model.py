"""Random legal and illegal moves against a model that is nothing but two dictionaries."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from jiyun.errors import JiyunError
from jiyun.store import Store, Tx
from quotas.allocations import activate, hold, host_use, release
from quotas.proof import differences
from quotas.report import tree
from tests.quotas.conftest import PATHS, TREE, ask_for, limit

CLASSES = ("vcpu", "memory")
NODES = [(one.name, one.parent, one.title_en) for one in TREE]
PLENTY = 10_000
nodes = st.sampled_from(sorted(PATHS))
amounts = st.dictionaries(st.sampled_from(CLASSES), st.integers(1, 6), min_size=1)
orders = st.integers(0, 30)


class Quotas(RuleBasedStateMachine):
    """The store against ``limits`` {(node, class): amount} and ``claims`` {order: [department, amounts, state]}."""

    store: Store
    round = 0

    def __init__(self) -> None:
        super().__init__()
        Quotas.round += 1
        self.limits: dict[tuple[str, str], int] = {}
        self.claims: dict[str, list[Any]] = {}
        with self.store.write("ops") as tx:
            for node in PATHS:
                for name in CLASSES:
                    self.limits[node, name] = PLENTY
                    limit(tx, node, name, PLENTY)

    def used(self, node: str, name: str, *states: str) -> int:
        live = (claim for claim in self.claims.values() if claim[2] in states and node in PATHS[claim[0]])
        return sum(claim[1].get(name, 0) for claim in live)

    def attempt(self, change: Any) -> JiyunError | None:
        try:
            with self.store.write("ops") as tx:
                change(tx)
        except JiyunError as error:
            return error
        return None

    def pick(self, number: int) -> str:
        return sorted(self.claims)[number % len(self.claims)]

    @rule(node=nodes, name=st.sampled_from(CLASSES), amount=st.integers(0, 12))
    def set_limit(self, node: str, name: str, amount: int) -> None:
        error = self.attempt(lambda tx: limit(tx, node, name, amount))
        if self.used(node, name, "held", "active") > amount:
            assert error is not None and error.code == "quota.limit-below-use"
        else:
            assert error is None
            self.limits[node, name] = amount

    @rule(department=nodes, wanted=amounts)
    def new_claim(self, department: str, wanted: dict[str, int]) -> None:
        order = f"r{Quotas.round}-{len(self.claims)}"
        full = [
            (node, name)
            for node in PATHS[department]
            for name in CLASSES
            if name in wanted and self.used(node, name, "held", "active") + wanted[name] > self.limits[node, name]
        ]
        error = self.attempt(lambda tx: hold(tx, ask_for(order, department, wanted)))
        if full:
            assert error is not None and error.code == "quota.exceeded"
            assert (error.fields["node"], error.fields["dimension"]) == full[0]
            failed: Any = error.fields["failed"]
            assert [(one["node"], one["dimension"]) for one in failed] == full
        else:
            assert error is None
            self.claims[order] = [department, wanted, "held"]

    @precondition(lambda self: self.claims)
    @rule(number=orders, wanted=amounts)
    def claim_again(self, number: int, wanted: dict[str, int]) -> None:
        order = self.pick(number)
        department, before, state = self.claims[order]
        error = self.attempt(lambda tx: hold(tx, ask_for(order, department, wanted)))
        expected = "claim.ended" if state == "released" else None if wanted == before else "claim.conflict"
        assert (error.code if error else None) == expected

    @precondition(lambda self: self.claims)
    @rule(number=orders)
    def activate(self, number: int) -> None:
        claim = self.claims[order := self.pick(number)]
        error = self.attempt(lambda tx: activate(tx, order))
        if claim[2] == "released":
            assert error is not None and error.code == "claim.ended"
        else:
            assert error is None
            claim[2] = "active"

    @precondition(lambda self: self.claims)
    @rule(number=orders)
    def release(self, number: int) -> None:
        order = self.pick(number)
        assert self.attempt(lambda tx: release(tx, order)) is None
        self.claims[order][2] = "released"

    @invariant()
    def agrees(self) -> None:
        with self.store.read() as tx:
            assert differences(tx) == ()
            self.compare(tx)

    def compare(self, tx: Tx) -> None:
        for row in tree(tx, "city", NODES, "administrative"):
            bars = {bar.resource_class: (bar.limit, bar.held, bar.active) for bar in row.bars}
            assert bars == {
                name: (self.limits[row.node, name], self.used(row.node, name, "held"), self.used(row.node, name, "active"))
                for name in CLASSES
            }
        totals = {name: self.used("city", name, "held", "active") for name in CLASSES}
        assert host_use(tx).get("host-1", {}) == {name: total for name, total in totals.items() if total}

    def teardown(self) -> None:
        with self.store.write("ops") as tx:
            for order in self.claims:
                release(tx, order)


@pytest.fixture
def machine(store: Store) -> type[Quotas]:
    return type("QuotasHere", (Quotas,), {"store": store})


def test_the_store_and_the_model_agree(machine: type[Quotas]) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    )

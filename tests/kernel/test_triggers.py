"""What the database itself refuses, whoever asks."""

from pathlib import Path

import pytest

from jiyun.store.create import create_store
from orders.states import MOVES, STATES
from tests.support import raw
from tests.support.world import World

FIXED = "what a store is never changes"


def test_what_a_store_is(world: World) -> None:
    assert raw.refused(world.store, "UPDATE store SET kind = 'real'") == FIXED
    assert raw.refused(world.store, "DELETE FROM store") == FIXED
    if world.store.dialect == "postgres":
        assert raw.refused(world.store, "TRUNCATE store") == FIXED


def test_the_simulated_clock_only_goes_forward(world: World) -> None:
    assert "only goes forward" in raw.refused(world.store, "UPDATE simulated_clock SET now = now - 1")
    assert "stays" in raw.refused(world.store, "DELETE FROM simulated_clock")
    assert raw.change(world.store, "UPDATE simulated_clock SET now = now + 1") == 1


def test_a_real_store_gets_no_clock(database_url: str) -> None:
    with create_store(database_url, city="", actor="ops") as store:
        assert "real store has no clock" in raw.refused(store, "INSERT INTO simulated_clock VALUES (1, 0)")


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x' WHERE seq = 2", "DELETE FROM audit WHERE seq = 2"])
def test_the_audit_log_is_append_only(world: World, statement: str) -> None:
    assert raw.refused(world.store, statement) == "the audit log is append-only"


@pytest.mark.parametrize(("seq", "prev"), [("max(seq) + 2", "max(hash)"), ("max(seq) + 1", "'no such hash'"), ("1", "''")])
def test_an_audit_entry_follows_the_last_one(world: World, seq: str, prev: str) -> None:
    insert = (
        "INSERT INTO audit (seq, at, actor, via, action, subject, department, detail, prev, hash)"
        f" SELECT {seq}, 0, 'x', '', 'a.b', '', '', '{{}}', {prev}, 'hash of mine' FROM audit"
    )
    assert raw.refused(world.store, insert) == "an audit entry must follow the last one"


def test_the_last_audit_entries_cannot_be_replaced(world: World) -> None:
    """SQLite's REPLACE deletes without asking the delete trigger, PostgreSQL has its TRUNCATE."""
    if world.store.dialect == "postgres":
        assert raw.refused(world.store, "TRUNCATE audit") == "the audit log is append-only"
        return
    replace = "INSERT OR REPLACE INTO audit SELECT seq, at, 'x', via, action, subject, department, detail, prev, hash FROM audit"
    assert raw.refused(world.store, replace) == "an audit entry must follow the last one"


def test_an_order_makes_no_illegal_move_by_plain_sql(world: World) -> None:
    """Each state is reached by legal moves, then every move that is not in the table is tried."""
    seen = set()
    for hostname, path in (
        ("budget-1", ("approved", "provisioning", "failed", "cancelling", "cancelled")),
        ("budget-2", ("approved", "provisioning", "active", "deleting", "deleted")),
    ):
        order, at = world.reviewed(hostname=hostname), "reviewed"
        for step in path:
            for wanted in STATES:
                if (at, wanted) not in MOVES:
                    rule = raw.refused(world.store, "UPDATE orders SET state = :s WHERE id = :id", s=wanted, id=order)
                    assert rule == "an order cannot move between these two states"
            seen.add(at)
            assert raw.change(world.store, "UPDATE orders SET state = :s WHERE id = :id", s=step, id=order) == 1
            at = step
    assert seen == {"reviewed", "approved", "provisioning", "failed", "cancelling", "active", "deleting"}


def test_an_order_begins_as_submitted_and_is_reviewed_by_four(world: World) -> None:
    number = world.submit()
    copy = (
        "INSERT INTO orders SELECT 'ord-x', department, system, cloud, applicant, spec, 'approved', '', '', '', 0, 0 FROM orders"
    )
    assert raw.refused(world.store, copy) == "an order begins as submitted"
    assert "all four items" in raw.refused(world.store, "UPDATE orders SET state = 'reviewed' WHERE id = :id", id=number)
    assert raw.refused(world.store, "DELETE FROM orders WHERE id = :id", id=number) == "orders are kept"
    assert raw.refused(world.store, "UPDATE orders SET applicant = 'x'") == "what was applied for never changes"
    assert raw.refused(world.store, "UPDATE order_event SET actor = 'x'") == "order events are append-only"
    assert raw.refused(world.store, "DELETE FROM order_event") == "order events are append-only"
    assert "by migration only" in raw.refused(world.store, "INSERT INTO order_move VALUES ('deleted', 'active')")


def test_an_approved_plan_and_a_review_never_change(world: World) -> None:
    world.approved()
    for column in ("plan", "plan_hash"):
        assert raw.refused(world.store, f"UPDATE orders SET {column} = 'x'") == "an approved plan never changes"
    for column in ("spec", "order_id", "host", "image_digest"):
        assert raw.refused(world.store, f"UPDATE machine SET {column} = 'x'") == "an approved plan never changes"
    assert raw.refused(world.store, "UPDATE review SET result = 'fail'") == "a review is append-only"
    assert raw.refused(world.store, "DELETE FROM review") == "a review is append-only"


def test_image_content_never_changes(world: World) -> None:
    for column in ("digest", "spec", "added_by"):
        assert raw.refused(world.store, f"UPDATE image_content SET {column} = 'x'") == "an image never changes"


def test_a_segment_and_a_pool_in_use_stay_as_they_are(world: World) -> None:
    segment = "UPDATE segment SET ipv4_cidr = '10.99.0.0/24'"
    pool = "UPDATE pool SET path = '/elsewhere'"
    number = world.active()
    assert "keeps its addresses" in raw.refused(world.store, segment)
    assert "keeps its path and tier" in raw.refused(world.store, pool)
    assert raw.change(world.store, "UPDATE pool SET capacity_mib = capacity_mib + 1") == 1
    world.delete(world.machine(number))
    assert raw.change(world.store, segment) == 1
    assert raw.change(world.store, pool) == 1


def test_an_order_has_one_live_operation(world: World) -> None:
    number = world.submit()
    insert = (
        "INSERT INTO operation (id, kind, order_id, state, step, owner, lease_until, fence, error, created_at)"
        " VALUES (:id, 'fulfil', :order_id, 'run', 0, '', 0, 0, '', 0)"
    )
    assert raw.change(world.store, insert, id="op-1", order_id=number) == 1
    assert "operation" in raw.refused(world.store, insert, id="op-2", order_id=number)
    raw.change(world.store, "UPDATE operation SET ended_at = 1")
    assert raw.change(world.store, insert, id="op-2", order_id=number) == 1


def test_foreign_keys_bind_on_both(world: World) -> None:
    rule = raw.refused(world.store, "UPDATE segment SET department = 'nowhere'")
    assert "foreign key" in rule.lower()


def test_sqlite_has_full_synchronous_and_wal(tmp_path: Path) -> None:
    with create_store(f"sqlite:///{tmp_path / 's.db'}", city="", actor="ops") as store:
        assert raw.rows(store, "SELECT * FROM pragma_synchronous") == [{"synchronous": 2}]
        assert raw.rows(store, "SELECT * FROM pragma_journal_mode") == [{"journal_mode": "wal"}]

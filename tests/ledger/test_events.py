"""The usage log on both databases: append-only, idempotent, chained, by the store's own clock."""

import pytest

from jiyun import audit
from jiyun.errors import Exit, JiyunError
from jiyun.store import Statement, Store
from jiyun.store.create import advance_clock
from ledger.events import MOST, UsageEvent, head_at, record, verify_events
from ledger.statements import SQL
from tests.ledger.samples import DAY, START, event

THREE = [event(1, "start", START), event(2, "change", START, quantity=4), event(3, "stop", START)]


def put(store: Store, *events: UsageEvent) -> int:
    with store.write("ops") as tx:
        return record(tx, events)


def refusal(store: Store, *events: UsageEvent) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        put(store, *events)
    return caught.value


def test_a_repeat_is_no_event_and_leaves_no_audit_entry(store: Store) -> None:
    assert put(store, *THREE) == 3
    with store.read() as tx:
        before, first = audit.verify(tx), verify_events(tx)
    assert put(store, *THREE, THREE[0]) == 0
    with store.read() as tx:
        assert (audit.verify(tx), verify_events(tx)) == (before, first)
    assert first.entries == 3 and not first.findings


def test_the_usage_chain_is_tied_into_the_audit_chain(store: Store) -> None:
    put(store, *THREE)
    with store.read() as tx:
        entry = audit.recent(tx, subject="vm-1", department="taxation")[0]
        assert entry["action"] == "usage.record"
        assert verify_events(tx).head in entry["detail"]


def test_an_event_known_with_another_content_is_a_conflict(store: Store) -> None:
    put(store, *THREE)
    error = refusal(store, event(9, "start", START, resource="vm-9"), event(2, "change", START, quantity=5))
    assert (error.code, error.exit) == ("usage.conflict", Exit.CONFLICT)
    assert "Event 2 of test is already recorded with another content (usage entry 2)" in error.message()
    with store.read() as tx:
        assert verify_events(tx).entries == 3  # the good one beside it was not kept either


def test_recorded_at_is_the_stores_clock_whatever_effective_at_says(store: Store) -> None:
    put(store, event(1, "start", START - 90 * DAY))
    advance_clock(store, "ops", START + DAY)
    put(store, event(2, "stop", START - 80 * DAY))
    with store.read() as tx:
        rows = tx.all(SQL.usage_page, after=0, count=10)
        assert [row["recorded_at"] for row in rows] == [START, START + DAY]
        assert head_at(tx, START - 1) == (0, "")
        assert head_at(tx, START) == (1, rows[0]["hash"])


BAD = (
    (event(1, "start", START, sku="gpu"), "usage.sku"),
    (event(1, "start", START, sku="disk."), "usage.sku"),
    (event(1, "start", START, quantity=0), "usage.quantity"),
    (event(1, "change", START, quantity=-1), "usage.quantity"),
    (event(1, "start", START, quantity=MOST + 1), "usage.quantity"),
    (event(1, "stop", START, quantity=-1), "usage.quantity"),
    (event(1, "start", START + 1), "usage.future"),
)


def test_what_cannot_be_is_refused_by_name(store: Store) -> None:
    for bad, code in BAD:
        error = refusal(store, bad)
        assert (error.code, error.exit) == (code, Exit.USAGE)
        assert error.message()


CHANGES = {
    "update": "UPDATE usage_event SET quantity = 1 WHERE seq = 1",
    "delete": "DELETE FROM usage_event WHERE seq = 3",
    "repeat": "INSERT INTO usage_event SELECT seq + 3, event_id, source, source_sequence, resource, resource_kind, sku, quantity,"
    " department, system, cloud, kind, effective_at, recorded_at,"
    " (SELECT hash FROM usage_event WHERE seq = 3), 'x' FROM usage_event WHERE seq = 1",
    "unchained": "INSERT INTO usage_event SELECT seq + 3, 'x', source, source_sequence, resource, resource_kind, sku, quantity,"
    " department, system, cloud, kind, effective_at, recorded_at, prev, 'x' FROM usage_event WHERE seq = 1",
    "gap": "INSERT INTO usage_event SELECT seq + 7, 'x', source, source_sequence, resource, resource_kind, sku, quantity,"
    " department, system, cloud, kind, effective_at, recorded_at,"
    " (SELECT hash FROM usage_event WHERE seq = 3), 'x' FROM usage_event WHERE seq = 1",
    "earlier": "INSERT INTO usage_event SELECT seq + 3, 'x', source, source_sequence, resource, resource_kind, sku, quantity,"
    " department, system, cloud, kind, effective_at - 10, recorded_at - 1,"
    " (SELECT hash FROM usage_event WHERE seq = 3), 'x' FROM usage_event WHERE seq = 1",
}


def test_the_database_itself_refuses_to_change_the_log(store: Store) -> None:
    put(store, *THREE)
    for what, statement in CHANGES.items():
        with pytest.raises(JiyunError, match="usage") as caught, store.write("thief") as tx:
            tx.run(Statement(what, statement))
        assert caught.value.code == "store.refused"
    with store.read() as tx:
        assert not verify_events(tx).findings


def test_replace_does_not_slip_past_the_delete_trigger(store: Store) -> None:
    put(store, *THREE)
    if store.dialect == "postgres":
        statement = "TRUNCATE usage_event"
    else:
        statement = CHANGES["repeat"].replace("INSERT", "INSERT OR REPLACE")
    with pytest.raises(JiyunError), store.write("thief") as tx:
        tx.run(Statement("replace", statement))


TAMPERED = {
    "UPDATE usage_event SET quantity = 1 WHERE seq = 2": (2, "was changed after it was written"),
    "UPDATE usage_event SET source_sequence = 7 WHERE seq = 2": (2, "does not carry the id of its source"),
    "DELETE FROM usage_event WHERE seq = 2": (3, "usage event 2 is missing"),
    "DELETE FROM usage_event WHERE seq = 3": (2, "no longer holds the head"),
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_verify_finds_what_was_done_behind_the_triggers(store: Store, statement: str) -> None:
    put(store, *THREE)
    with store.read() as tx:
        head = verify_events(tx).head
    off = (
        ["ALTER TABLE usage_event DISABLE TRIGGER USER"]
        if store.dialect == "postgres"
        else ["DROP TRIGGER usage_no_update", "DROP TRIGGER usage_no_delete"]
    )
    with store.write("root") as tx:
        for text in (*off, statement):
            tx.run(Statement("tamper", text))
    seq, what = TAMPERED[statement]
    with store.read() as tx:
        findings = verify_events(tx, head).findings
    assert any(finding.seq == seq and what in finding.what for finding in findings)


def test_a_clock_far_behind_the_last_event_is_refused_and_a_little_skew_is_not(store: Store) -> None:
    """The second machine of a shared store: its clock is set by hand here, behind the simulated clock's trigger."""
    put(store, THREE[0])
    off = "ALTER TABLE simulated_clock DISABLE TRIGGER USER" if store.dialect == "postgres" else "DROP TRIGGER clock_forward"
    with store.write("root") as tx:
        tx.run(Statement("off", off))
        tx.run(Statement("back", "UPDATE simulated_clock SET now = now - 30"))
    put(store, event(2, "stop", START - 30))
    with store.read() as tx:
        assert tx.all(SQL.usage_page, after=1, count=1)[0]["recorded_at"] == START
    with store.write("root") as tx:
        tx.run(Statement("back", "UPDATE simulated_clock SET now = now - 31"))
    assert refusal(store, event(3, "start", START - 100)).code == "usage.clock-back"

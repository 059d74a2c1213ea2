"""The audit chain: whatever is changed behind its back is found, and said where."""

import pytest

from jiyun import audit, canonical
from jiyun.audit import Verdict
from tests.support import raw
from tests.support.world import World


def verdict(world: World, head: str = "") -> Verdict:
    with world.store.read() as tx:
        return audit.verify(tx, head)


def found(world: World, head: str = "") -> list[tuple[int, str]]:
    return [(bad.seq, bad.what) for bad in verdict(world, head).findings]


def test_an_untouched_chain_holds(world: World) -> None:
    world.active()
    sound = verdict(world)
    assert sound.findings == ()
    rows = raw.rows(world.store, "SELECT seq, prev, hash FROM audit ORDER BY seq")
    assert sound.entries == len(rows) > 20
    assert sound.head == rows[-1]["hash"]
    assert rows[0]["prev"] == ""
    assert verdict(world, rows[5]["hash"]).findings == ()


@pytest.mark.parametrize("column", ["at", "actor", "via", "action", "subject", "department", "detail"])
def test_a_changed_entry_is_found(world: World, column: str) -> None:
    raw.disarm(world.store, "audit")
    raw.change(world.store, f"UPDATE audit SET {column} = {'1' if column == 'at' else repr('x')} WHERE seq = 3")
    assert found(world) == [(3, "was changed after it was written")]


def test_a_changed_entry_with_a_new_hash_is_found_at_the_next(world: World) -> None:
    raw.disarm(world.store, "audit")
    (row,) = raw.rows(world.store, "SELECT * FROM audit WHERE seq = 3")
    row["actor"] = "somebody-else"
    forged = canonical.digest({key: value for key, value in row.items() if key != "hash"})
    raw.change(world.store, "UPDATE audit SET actor = 'somebody-else', hash = :h WHERE seq = 3", h=forged)
    assert found(world) == [(4, "does not follow the entry before it")]


def test_an_entry_deleted_in_the_middle_is_found(world: World) -> None:
    raw.disarm(world.store, "audit")
    raw.change(world.store, "DELETE FROM audit WHERE seq = 3")
    assert found(world) == [(4, "entry 3 is missing"), (4, "does not follow the entry before it")]


def test_entries_cut_off_at_the_end_are_found_by_a_head_that_was_noted(world: World) -> None:
    head = verdict(world).head
    raw.disarm(world.store, "audit")
    raw.change(world.store, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    assert found(world) == []  # the chain alone cannot know
    assert [what for _, what in found(world, head)] == [f"the chain no longer holds the head {head}"]


def test_a_chain_that_was_written_anew_is_found_by_its_head(world: World) -> None:
    head = verdict(world).head
    raw.disarm(world.store, "audit")
    rows = raw.rows(world.store, "SELECT * FROM audit ORDER BY seq")
    raw.change(world.store, "DELETE FROM audit WHERE seq > 2")
    with world.store.write("forger") as tx:
        for row in rows[2:]:
            audit.append(tx, row["action"], row["subject"], row["department"])
    assert found(world) == []
    assert found(world, head) != []


def test_the_clock_of_an_entry_is_the_store_s_own(world: World) -> None:
    with world.store.write("ops") as tx:
        audit.append(tx, "a.b", "subject", "finance", n=1, list=["x"], chinese="预算")
    (row,) = raw.rows(world.store, "SELECT * FROM audit ORDER BY seq DESC LIMIT 1")
    (now,) = raw.rows(world.store, "SELECT now FROM simulated_clock")
    assert (row["at"], row["actor"], row["detail"]) == (now["now"], "ops", '{"chinese":"预算","list":["x"],"n":1}')
    assert row["via"].startswith("uid ")


def test_a_refused_change_leaves_no_entry(world: World) -> None:
    before = verdict(world).entries
    with pytest.raises(ValueError), world.store.write("ops") as tx:
        audit.append(tx, "a.b", "subject")
        raise ValueError
    with pytest.raises(TypeError), world.store.write("ops") as tx:
        audit.append(tx, "a.b", "subject", size=1.5)
    assert verdict(world).entries == before


def test_the_first_entry_says_that_a_store_is_simulated(world: World) -> None:
    (first,) = raw.rows(world.store, "SELECT action, detail FROM audit WHERE seq = 1")
    assert first == {"action": "store.create", "detail": '{"city":"株洲","kind":"simulated"}'}


def test_since_and_recent(world: World) -> None:
    with world.store.write("ops") as tx:
        before = audit.head(tx)
        for number in range(3):
            audit.append(tx, "a.b", f"s{number}", "finance")
        assert [row["subject"] for row in audit.since(tx, before)] == ["s0", "s1", "s2"]
        assert [row["subject"] for row in audit.recent(tx, department="finance", count=2)] == ["s2", "s1"]
        assert [row["seq"] for row in audit.recent(tx, subject="s1")] == [before + 2]

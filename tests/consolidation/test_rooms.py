"""The register of machine rooms on both databases: it never grows, and a closure goes step by step."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from consolidation.rooms import STATES, Room, move_room, put_room, room, rooms
from jiyun import audit, language
from jiyun.errors import Exit, JiyunError
from jiyun.store import Statement, Store
from jiyun.store.create import create_store
from tenants.departments import Department, put_department

ROOM = Room("tax-room", "taxation", "地税局机房", "Room of the taxation bureau", 6, 6000, 30_000, "in-use", "2027-06-30", True)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with create_store(database_url, city="株洲", actor="ops", simulated_at=0) as made:
        with made.write("ops") as tx:
            put_department(tx, Department("taxation", "地税局", "Taxation bureau", "city"))
        yield made


def put(store: Store, wanted: Room) -> str:
    with store.write("ops") as tx:
        return put_room(tx, wanted)


def refusal(store: Store, wanted: Room) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        put(store, wanted)
    return caught.value


def kept(store: Store) -> Room:
    with store.read() as tx:
        return room(tx, ROOM.name)


def test_the_survey_registers_and_the_same_again_writes_nothing(store: Store) -> None:
    assert put(store, ROOM) == "created"
    with store.read() as tx:
        entries = audit.verify(tx).entries
        assert rooms(tx) == [ROOM] and rooms(tx)[0].title() == "Room of the taxation bureau"
    assert put(store, ROOM) == "same"
    with store.read() as tx:
        assert audit.verify(tx).entries == entries


def test_a_room_may_shrink_and_the_audit_log_says_from_what(store: Store) -> None:
    put(store, ROOM)
    smaller = replace(ROOM, racks=4, power_w=20_000)
    assert put(store, smaller) == "updated"
    assert kept(store) == smaller
    with store.read() as tx:
        entry = audit.recent(tx, subject="tax-room", department="taxation")[0]
    assert entry["action"] == "room.change"
    assert entry["detail"] == '{"after":{"power_w":20000,"racks":4},"before":{"power_w":30000,"racks":6}}'


def test_growth_in_any_measure_is_refused_by_rule(store: Store) -> None:
    put(store, ROOM)
    for larger in (replace(ROOM, racks=7), replace(ROOM, floor_dm2=6001, racks=1), replace(ROOM, power_w=30_001)):
        error = refusal(store, larger)
        assert (error.code, error.exit) == ("room.growth", Exit.POLICY)
        assert "M21" in error.message() and "M23" in error.message()
    assert "racks 6 → 9, floor_dm2 6000 → 7000 dm²" in refusal(store, replace(ROOM, racks=9, floor_dm2=7000)).message()
    language.use("zh")
    try:
        assert "规则 M23" in refusal(store, replace(ROOM, racks=9)).message()
    finally:
        language.use("en")
    assert kept(store) == ROOM


def test_what_was_given_up_does_not_come_back(store: Store) -> None:
    put(store, ROOM)
    put(store, replace(ROOM, racks=4))
    assert refusal(store, ROOM).code == "room.growth"


def test_a_closure_goes_step_by_step(store: Store) -> None:
    put(store, ROOM)
    for wanted in ("migrating", "in-use", "migrating", "drained", "powered-off", "handed-over"):
        with store.write("ops") as tx:
            assert move_room(tx, "tax-room", wanted).state == wanted
    assert put(store, ROOM) == "same"  # the old survey does not reopen it
    assert kept(store).state == "handed-over"


LEGAL = {
    ("in-use", "migrating"),
    ("migrating", "in-use"),
    ("migrating", "drained"),
    ("drained", "powered-off"),
    ("powered-off", "handed-over"),
}


def test_every_other_move_is_refused_by_the_program_and_by_the_database(store: Store) -> None:
    for state in STATES:
        put(store, replace(ROOM, name=f"room-{state}", state=state))
        for wanted in STATES:
            if wanted == state or (state, wanted) in LEGAL:
                continue
            with pytest.raises(JiyunError) as caught, store.write("ops") as tx:
                move_room(tx, f"room-{state}", wanted)
            assert (caught.value.code, caught.value.exit) == ("room.move", Exit.CONFLICT)
            with pytest.raises(JiyunError, match="cannot go from this state"), store.write("thief") as tx:
                tx.run(Statement("move", f"UPDATE legacy_room SET state = '{wanted}' WHERE name = 'room-{state}'"))


def test_the_refusal_says_what_is_possible(store: Store) -> None:
    put(store, replace(ROOM, state="handed-over"))
    with pytest.raises(JiyunError, match="from there it can become: nothing"), store.write("ops") as tx:
        move_room(tx, "tax-room", "in-use")


def test_unknown_rooms_and_states_are_named(store: Store) -> None:
    with pytest.raises(JiyunError, match="no machine room 'x'"), store.write("ops") as tx:
        move_room(tx, "x", "drained")
    with pytest.raises(JiyunError, match="'closed' is not a state"), store.write("ops") as tx:
        move_room(tx, "x", "closed")


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"racks": -1}, "room.size"),
        ({"power_w": -5}, "room.size"),
        ({"state": "closed"}, "room.state"),
        ({"planned_closure": "20270630"}, "room.closure"),
        ({"planned_closure": "2027-02-30"}, "room.closure"),
    ],
)
def test_a_bad_row_is_refused_by_name(tmp_path_factory: pytest.TempPathFactory, bad: dict[str, object], code: str) -> None:
    with create_store(f"sqlite:///{tmp_path_factory.mktemp('bad') / 's.db'}", city="x", actor="ops", simulated_at=0) as store:
        error = refusal(store, replace(ROOM, **bad))  # type: ignore[arg-type]
        assert (error.code, error.exit) == (code, Exit.USAGE)
        assert error.message()


CHANGES = {
    "UPDATE legacy_room SET racks = racks + 1": "only falls",
    "UPDATE legacy_room SET floor_dm2 = floor_dm2 + 1, racks = 0": "only falls",
    "UPDATE legacy_room SET power_w = power_w + 1": "only falls",
    "UPDATE legacy_room SET name = 'other'": "keeps its name",
    "DELETE FROM legacy_room": "stays in the register",
    "INSERT INTO legacy_room_move (from_state, to_state) VALUES ('handed-over', 'in-use')": "are fixed",
    "UPDATE legacy_room_move SET to_state = 'handed-over'": "are fixed",
    "DELETE FROM legacy_room_move": "are fixed",
}


def test_the_database_itself_refuses(store: Store) -> None:
    put(store, ROOM)
    for statement, rule in CHANGES.items():
        with pytest.raises(JiyunError, match=rule) as caught, store.write("thief") as tx:
            tx.run(Statement("change", statement))
        assert caught.value.code == "store.refused"
    assert kept(store) == ROOM


def test_replace_does_not_slip_past_the_triggers(store: Store) -> None:
    put(store, ROOM)
    column = "name, department, title_zh, title_en, racks, floor_dm2, power_w, state, planned_closure, synthetic, surveyed_at"
    larger = column.replace("racks", "racks + 1")
    replacing = "INSERT" if store.dialect == "postgres" else "INSERT OR REPLACE"
    with pytest.raises(JiyunError), store.write("thief") as tx:
        tx.run(Statement("replace", f"{replacing} INTO legacy_room ({column}) SELECT {larger} FROM legacy_room"))
    assert kept(store) == ROOM

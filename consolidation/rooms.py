"""The register of the departments' machine rooms.  What is registered is the survey; from then on a room only shrinks.

The states and the legal moves between them stand in the table ``legacy_room_move``, and the database refuses the rest,
as it refuses any growth and any removal from the register.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal, get_args

from consolidation import problems
from jiyun import audit
from jiyun.language import t
from jiyun.store import Row, Tx, load_queries

SQL = load_queries(__file__, "consolidation.sql")

RoomState = Literal["in-use", "migrating", "drained", "powered-off", "handed-over"]
_SIZES = {"racks": "", "floor_dm2": "dm²", "power_w": "W"}
STATES: tuple[RoomState, ...] = get_args(RoomState)  # in the order of a closure


@dataclass(frozen=True, slots=True)
class Room:
    """A machine room.  Floor in square decimetres, power in watts; ``planned_closure`` is a local date or empty."""

    name: str
    department: str
    title_zh: str
    title_en: str
    racks: int
    floor_dm2: int
    power_w: int
    state: RoomState = "in-use"
    planned_closure: str = ""
    synthetic: bool = False

    def title(self) -> str:
        """The title in the language in use."""
        return t(self.title_en or self.title_zh, self.title_zh)


def put_room(tx: Tx, wanted: Room) -> Literal["created", "updated", "same"]:
    """Register a room, or change what the register says of it.  Growth is refused (``room.growth``).

    The state is taken from the survey only; afterwards :func:`move_room` alone changes it, so that an old survey that
    is applied again does not reopen a room.
    """
    _check(wanted)
    row = tx.first(SQL.room, name=wanted.name)
    if row is None:
        tx.run(SQL.room_insert, **_columns(wanted), surveyed_at=tx.now)
        audit.append(tx, "room.register", wanted.name, wanted.department, survey=_columns(wanted))
        return "created"
    before = _columns(_room(row))
    after = {**_columns(wanted), "state": before["state"]}
    if after == before:
        return "same"
    _refuse_growth(wanted.name, before, after)
    tx.run(SQL.room_update, **{column: value for column, value in after.items() if column != "state"})
    changed = {column: value for column, value in after.items() if value != before[column]}
    audit.append(
        tx, "room.change", wanted.name, wanted.department, before={name: before[name] for name in changed}, after=changed
    )
    return "updated"


def move_room(tx: Tx, name: str, wanted: str) -> Room:
    """Take a room to its next state; the room as it is then."""
    if wanted not in STATES:
        raise problems.BAD_STATE(state=wanted, permitted=", ".join(STATES))
    before = room(tx, name)
    permitted = [row["to_state"] for row in tx.all(SQL.moves_from, state=before.state)]
    if wanted not in permitted:
        raise problems.ILLEGAL_MOVE(
            name=name, state=before.state, wanted=wanted, permitted=", ".join(permitted) or t("nothing", "无")
        )
    tx.run(SQL.room_move, name=name, state=wanted)
    audit.append(tx, "room.move", name, before.department, before=before.state, after=wanted)
    return room(tx, name)


def room(tx: Tx, name: str) -> Room:
    """The room of that name; ``room.unknown`` where there is none."""
    row = tx.first(SQL.room, name=name)
    if row is None:
        raise problems.UNKNOWN(name=name)
    return _room(row)


def rooms(tx: Tx) -> list[Room]:
    """Every room, by name."""
    return [_room(row) for row in tx.all(SQL.rooms)]


def _room(row: Row) -> Room:
    return Room(**{**row, "synthetic": bool(row["synthetic"])})


def _columns(room: Room) -> dict[str, str | int]:
    return {**asdict(room), "synthetic": int(room.synthetic)}


def _check(wanted: Room) -> None:
    if wanted.state not in STATES:
        raise problems.BAD_STATE(state=wanted.state, permitted=", ".join(STATES))
    for size in _SIZES:
        if getattr(wanted, size) < 0:
            raise problems.BAD_SIZE(name=wanted.name, field=size, value=getattr(wanted, size))
    if wanted.planned_closure and not _is_date(wanted.planned_closure):
        raise problems.BAD_CLOSURE(name=wanted.name, value=wanted.planned_closure)


def _is_date(text: str) -> bool:
    """Exactly ``2027-06-30``: Python also reads ``20270630``, which would not sort."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _refuse_growth(name: str, before: dict[str, str | int], after: dict[str, str | int]) -> None:
    grown = [
        f"{size} {before[size]} → {after[size]} {unit}".rstrip()
        for size, unit in _SIZES.items()
        if int(after[size]) > int(before[size])
    ]
    if grown:
        raise problems.GROWTH(name=name, growth=", ".join(grown))

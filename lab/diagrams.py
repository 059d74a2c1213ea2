"""Diagrams and tables of states and steps for ``docs/operations.md``, drawn from the tables that the program runs by."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from operations.engine import Step
from orders.states import MOVES, STATES

MIGRATIONS = Path(__file__).resolve().parents[1] / "jiyun/store/migrations"

# The states that the database permits (CHECK constraints), with their meaning.  A state without a meaning here, or the
# other way round, fails when the documents are written.
MEANINGS: dict[str, dict[str, str]] = {
    "operation": {
        "run": "going forward, or stopped in the middle by a crash",
        "undo": "going back; once begun it only goes back",
        "failed": "a step failed; the next `fulfil` or `delete` repeats that step",
        "done": "every step is done",
        "undone": "every step is undone",
    },
    "machine": {
        "planned": "names, addresses and capacity are held; not in use yet",
        "active": "in use and charged",
        "deleting": "being taken down",
        "deleted": "gone after use",
        "cancelled": "gone before it was ever in use",
    },
    "volume": {
        "planned": "its room is held",
        "present": "it is in its pool",
        "wiped": "it was wiped and removed",
    },
    "allocation": {
        "held": "counted, not in use yet",
        "active": "counted, in use",
        "released": "free again; kept as a record",
    },
}


def permitted(table: str) -> list[str]:
    """The states that the schema permits in a table."""
    text = "\n".join(path.read_text() for path in sorted(MIGRATIONS.glob("*/common.sql")))
    created = re.search(rf"CREATE TABLE {table} \((.*?)\n\);", text, re.DOTALL)
    assert created, f"no migration creates {table}"
    states = re.search(r"\bstate TEXT NOT NULL(?: DEFAULT '\w*')? CHECK \(state IN \((.*?)\)\)", created[1], re.DOTALL)
    assert states, f"{table} has no list of states"
    return re.findall(r"'(\w+)'", states[1])


def order_states() -> str:
    """The order's state machine as a Mermaid diagram, then the meaning of each state."""
    ends = [state for state in STATES if not any(origin == state for origin, _ in MOVES)]
    ordered = sorted(MOVES, key=lambda move: (list(STATES).index(move[0]), list(STATES).index(move[1])))
    diagram = ["stateDiagram-v2", "    [*] --> submitted"]
    diagram += [f"    {origin} --> {to}" for origin, to in ordered]
    diagram += [f"    {state} --> [*]" for state in ends]
    rows = [f"| `{state}` | {text.en} |" for state, text in STATES.items()]
    return "\n".join(["```mermaid", *diagram, "```", "", "| state | meaning |", "| --- | --- |", *rows, ""])


def other_states() -> str:
    """The states of operations, machines, volumes and allocations."""
    lines = ["| what | state | meaning |", "| --- | --- | --- |"]
    for table, meanings in MEANINGS.items():
        states = permitted(table)
        assert set(states) == set(meanings), f"{table}: the schema permits {states}"
        lines += [f"| {table} | `{state}` | {meanings[state]} |" for state in states]
    return "\n".join([*lines, ""])


def steps() -> str:
    """The steps of building and of deleting, in order; which of them undoing has work for."""
    from workflows import fulfil, retire

    work: Any = SimpleNamespace(machine=SimpleNamespace(id=""))  # a plan is made of functions; none of them is called here
    built, deleted = fulfil.build_plan(work).steps, retire._plan(work).steps
    return "\n".join(
        ["Building (`jiyun order fulfil`):", "", *_table(built), "", "Deleting (`jiyun vm delete`):", "", *_table(deleted), ""]
    )


def _table(rows: Sequence[Step]) -> list[str]:
    plain = Step("", "", lambda: "")

    def words(step: Step) -> str:
        parts = (
            "on the host" if step.undo is not plain.undo else "",
            "in the store" if step.unrecord is not plain.unrecord else "",
        )
        return ", ".join(part for part in parts if part) or "-"

    lines = ["| step | what it does | writes a fact with its checkpoint | undone |", "| --- | --- | --- | --- |"]
    for step in rows:
        lines.append(f"| `{step.name}` | {step.title} | {'yes' if step.record is not plain.record else 'no'} | {words(step)} |")
    return lines


BLOCKS: dict[str, Callable[[], str]] = {"order-states": order_states, "other-states": other_states, "steps": steps}

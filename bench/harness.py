"""What every benchmark shares: a registry, interleaved runs, CPU of child processes, the table and the JSON line.

A figure is a ratio to a reference that was measured in the same run, turn by turn with it, so that a busy machine
slows both.  Medians are compared; absolute times are shown only to be read.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and its bound; ``beside`` says in words what was measured with it."""

    name: str
    value: float
    bound: float
    unit: str
    sense: Literal["at most", "at least"] = "at most"
    beside: str = ""

    @property
    def holds(self) -> bool:
        return self.value <= self.bound if self.sense == "at most" else self.value >= self.bound


@dataclass(frozen=True, slots=True)
class Bench:
    """A named benchmark."""

    name: str
    purpose: str
    measure: Callable[[], list[Figure]]


BENCHES: dict[str, Bench] = {}


def bench(name: str, purpose: str) -> Callable[[Callable[[], list[Figure]]], Callable[[], list[Figure]]]:
    """Register a function that measures; its module lies in bench/ and is found there."""

    def register(measure: Callable[[], list[Figure]]) -> Callable[[], list[Figure]]:
        if name in BENCHES:
            raise ValueError(f"bench {name} is declared twice")
        BENCHES[name] = Bench(name, purpose, measure)
        return measure

    return register


def cpu_of(argv: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Seconds of CPU, user and system, of one child and what it waited for.  RuntimeError where it fails."""
    with subprocess.Popen(
        argv, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        assert child.stderr is not None
        words = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(argv)} ended with {child.returncode}: {words.decode(errors='replace').strip()[-300:]}")
    return usage.ru_utime + usage.ru_stime


def wall_of(work: Callable[[], object]) -> float:
    """Seconds of wall time of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def interleaved(cases: Mapping[str, Callable[[], float]], rounds: int, warm_up: int = 1) -> dict[str, list[float]]:
    """Run every case once a round, in an order that turns, and return the counted values by case."""
    names = list(cases)
    values: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(warm_up + rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            value = cases[name]()
            if turn >= warm_up:
                values[name].append(value)
    return values


def ratio(values: Mapping[str, Sequence[float]], case: str, reference: str) -> float:
    """The median of a case over the median of the reference."""
    return statistics.median(values[case]) / statistics.median(values[reference])


def spread(values: Sequence[float], scale: float, unit: str) -> str:
    """``median (least-most) unit``, for the column beside a figure."""
    low, middle, high = min(values) * scale, statistics.median(values) * scale, max(values) * scale
    return f"{middle:.1f} ({low:.1f}-{high:.1f}) {unit}"


def table(figures: Sequence[Figure]) -> str:
    """The figures for a person, one line each."""
    rows = [("figure", "value", "bound", "holds", "measured beside it")]
    rows += [
        (one.name, f"{one.value:.2f} {one.unit}", f"{one.sense} {one.bound:g}", "yes" if one.holds else "NO", one.beside)
        for one in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]).rstrip() for row in rows
    )


def as_json(figures: Sequence[Figure]) -> str:
    """The one line for machines."""
    rows = [
        {
            "name": one.name,
            "value": round(one.value, 4),
            "bound": one.bound,
            "sense": one.sense,
            "unit": one.unit,
            "holds": one.holds,
        }
        for one in figures
    ]
    return json.dumps({"figures": rows, "holds": all(one.holds for one in figures)})


def run(names: Sequence[str]) -> int:
    """Measure the named benches, all where none is named: 0 every figure holds, 1 one falls short, 2 no such bench."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}; there are: {', '.join(sorted(BENCHES))}.", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    for name in names or sorted(BENCHES):
        print(f"{name}: {BENCHES[name].purpose}", flush=True)
        found = BENCHES[name].measure()
        print(table(found) + "\n", flush=True)
        figures += found
    print(as_json(figures))
    return 0 if all(one.holds for one in figures) else 1

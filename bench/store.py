"""What our code adds to a claim: the real claim against the bare driver running the very same statements.

Both sides start from a copy of one store file, in WAL mode with synchronous FULL.  The statements and parameters of
the bare side are the recorded ones of the real side, so the rows that come out are the same.
"""

import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import seed
from bench.harness import Figure, bench, interleaved, spread
from jiyun.store import Statement, Store, open_store
from quotas import allocations
from quotas.claims import Ask, Item

CLAIMS = 150
ROUNDS = 7
BOUND = 0.5
Recorded = list[list[tuple[str, dict[str, Any]]]]


def ask(number: int) -> Ask:
    """A machine of one vCPU with one disk, in a bureau under a city."""
    items = (Item("vcpu", 1), Item("memory", 128), Item("machines", 1), Item("disk.standard", 64, "jiyun-bench"))
    return Ask(f"ord-{number:06d}", f"vm-{number}", "bureau", ("bureau", "city"), "files", "administrative", "host1", items)


def claim_all(store: Store) -> None:
    """One claim a transaction, as an approval makes it."""
    for number in range(CLAIMS):
        with store.write(seed.OPERATOR) as tx:
            allocations.hold(tx, ask(number))


def replay(file: Path, recorded: Recorded) -> None:
    """The same statements on the bare driver."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
    )
    for statements in recorded:
        connection.execute("BEGIN IMMEDIATE")
        for text, params in statements:
            connection.execute(text, params).fetchall()
        connection.execute("COMMIT")
    connection.close()


@contextmanager
def recording(store: Store) -> Iterator[Recorded]:
    """Note every statement of every transaction of ``store``."""
    driver, recorded = store._driver, Recorded()
    execute, begin = driver.execute, driver.begin

    def noted(statement: Statement, params: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
        recorded[-1].append((statement.sqlite, dict(params)))
        return execute(statement, params)

    def begun(*, write: bool) -> None:
        recorded.append([])
        begin(write=write)

    driver.execute, driver.begin = noted, begun  # type: ignore[method-assign]
    yield recorded


def _copy(base: Path, name: str) -> Path:
    target = base.with_name(name)
    for suffix in ("", "-wal", "-shm"):
        base.with_name(name + suffix).unlink(missing_ok=True)
    shutil.copy(base, target)
    return target


def _ours(base: Path) -> float:
    file = _copy(base, "ours.db")
    with open_store(f"sqlite:///{file}") as store:
        began = time.perf_counter()
        claim_all(store)
        return (time.perf_counter() - began) / CLAIMS


def _bare(base: Path, recorded: Recorded) -> float:
    file = _copy(base, "bare.db")
    began = time.perf_counter()
    replay(file, recorded)
    return (time.perf_counter() - began) / CLAIMS


@bench("store", "one claim on SQLite, synchronous FULL, over the bare driver with the same statements")
def measure() -> list[Figure]:
    """Claims per second of ours over those of the bare driver."""
    with tempfile.TemporaryDirectory(prefix="jiyun-bench-") as folder:
        session = seed.make_store(Path(folder) / "home")
        session.store.close()  # the last connection writes the WAL back, so that the file is whole
        base = Path(folder) / "home" / "jiyun.db"
        with open_store(f"sqlite:///{_copy(base, 'recorded.db')}") as store, recording(store) as recorded:
            claim_all(store)
        values = interleaved({"ours": lambda: _ours(base), "bare": lambda: _bare(base, recorded)}, ROUNDS)
    speed = statistics.median(values["bare"]) / statistics.median(values["ours"])
    beside = f"ours {spread(values['ours'], 1e3, 'ms')}; bare {spread(values['bare'], 1e3, 'ms')} a claim"
    return [Figure("claim, SQLite FULL", speed, BOUND, "of bare", "at least", beside)]

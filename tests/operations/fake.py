"""An operation whose world is a folder: each step makes a file of its name, each undo removes it.

``python -m tests.operations.fake URL ORDER FOLDER run|undo LEASE_SECONDS`` is a runner that a test can kill or freeze.
Every effect is one line in ``FOLDER/journal``; a step that finds its file writes no line, as a careful driver does.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

from jiyun.store import Row, Statement, Store, Tx, open_store
from operations import engine
from operations.engine import Plan, Step

NAMES = ("alpha", "beta", "gamma")
BUMP = Statement(
    "bump", "INSERT INTO sequence (name, last) VALUES (:name, 1) ON CONFLICT (name) DO UPDATE SET last = sequence.last + 1"
)
Hook = Callable[[str, str], None]


def _silent(_step: str, _moment: str) -> None:
    return None


class Folder:
    """The world outside the store."""

    def __init__(self, path: Path, hook: Hook = _silent) -> None:
        self.path = path
        self.hook = hook
        path.mkdir(exist_ok=True)

    def journal(self) -> list[str]:
        file = self.path / "journal"
        return file.read_text().splitlines() if file.exists() else []

    def things(self) -> list[str]:
        return sorted(found.name for found in self.path.iterdir() if found.name in NAMES)

    def _note(self, line: str) -> None:
        with (self.path / "journal").open("a") as file:
            file.write(line + "\n")

    def do(self, name: str) -> str:
        self.hook(name, "do")
        if (self.path / name).exists():
            return "was there"
        self._note(f"make {name}")
        (self.path / name).touch()
        return "made"

    def undo(self, name: str) -> str:
        self.hook(name, "undo")
        if not (self.path / name).exists():
            return "was gone"
        self._note(f"remove {name}")
        (self.path / name).unlink()
        return "removed"


def plan(folder: Folder) -> Plan:
    """Steps that count in the store, in their checkpoints, how often each was recorded."""

    def recorded(key: str) -> Callable[[Tx], None]:
        return lambda tx: bump(tx, key)

    return Plan(
        [
            Step(
                name,
                name,
                lambda name=name: folder.do(name),  # type: ignore[misc]
                lambda name=name: folder.undo(name),  # type: ignore[misc]
                recorded(f"did {name}"),
                recorded(f"undid {name}"),
            )
            for name in NAMES
        ],
        on_fail=lambda tx, why: bump(tx, f"failed {why[:20]}"),
    )


def bump(tx: Tx, key: str) -> None:
    tx.run(BUMP, name=key)


def run(
    store: Store, order: str, folder: Folder, wanted: Literal["run", "undo"] = "run", lease: float = engine.LEASE_SECONDS
) -> str:
    def plan_of(_: Row) -> Plan:
        return plan(folder)

    return engine.run(store, "operator", order, plan_of, wanted=wanted, lease_seconds=lease)


def main(url: str, order: str, folder: str, wanted: str, lease: str) -> None:
    """Freeze before the step named in FAKE_FREEZE until the test lets go by removing ``FOLDER/frozen``."""
    import signal

    def freeze(step: str, _moment: str) -> None:
        if os.environ.get("FAKE_FREEZE") == step:
            (Path(folder) / "frozen").touch()
            os.kill(os.getpid(), signal.SIGSTOP)

    with open_store(url) as store:
        outcome = run(store, order, Folder(Path(folder), freeze), cast(Literal["run", "undo"], wanted), float(lease))
    print(outcome)


if __name__ == "__main__":
    from jiyun.errors import JiyunError

    try:
        main(*sys.argv[1:])
    except JiyunError as error:
        sys.exit(error.code)

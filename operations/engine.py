"""Run an operation forward or back, from wherever it stands, exactly once in effect."""

import os
import signal
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from jiyun import canonical
from jiyun.errors import JiyunError
from jiyun.store import Row, Store, Tx, load_queries
from operations import owner, problems

SQL = load_queries(__file__, "operations.sql")
LEASE_SECONDS = 30
Say = Callable[[str], None]
Record = Callable[[Tx], None]
Direction = Literal["do", "undo"]


def _nothing(_: Tx) -> None:
    return None


def _no_undo() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Step:
    """``do`` and ``undo`` touch the world and return a note; ``record`` and ``unrecord`` write what became true,
    inside the checkpoint's own transaction."""

    name: str
    title: str
    do: Callable[[], str]
    undo: Callable[[], str] = _no_undo
    record: Record = _nothing
    unrecord: Record = _nothing


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of an operation and what is recorded when one fails."""

    steps: Sequence[Step]
    on_fail: Callable[[Tx, str], None] = field(default=lambda _tx, _why: None)


def open_operation(tx: Tx, operation: str, kind: Literal["fulfil", "retire"], order: str) -> None:
    """Enter a new operation; the database allows one live operation for each order."""
    tx.run(SQL.insert, id=operation, kind=kind, order_id=order, at=tx.now)


def live(tx: Tx, order: str) -> Row | None:
    """The operation of an order that has not ended."""
    return tx.first(SQL.live, order_id=order)


def all_live(tx: Tx) -> list[Row]:
    return tx.all(SQL.all_live)


def steps_of(tx: Tx, order: str) -> list[Row]:
    """The step log of all operations of an order, oldest first."""
    return tx.all(SQL.steps, order_id=order)


def count(tx: Tx, order: str) -> int:
    return int(tx.one(SQL.count_of_order, order_id=order)["found"])


def is_abandoned(tx: Tx, row: Row) -> bool:
    """Whether a live operation has an owner that is gone or whose lease ran out."""
    return bool(row["owner"]) and (row["lease_until"] < tx.wall() * 1000 or owner.known_dead(row["owner"]))


def require_free(tx: Tx, order: str) -> None:
    """Refuse while a living owner works on the order."""
    row = live(tx, order)
    if row and row["owner"] and not is_abandoned(tx, row):
        seconds = max(1, int(row["lease_until"] / 1000 - tx.wall()))
        raise problems.BUSY(order=order, owner=owner.shown(row["owner"]), seconds=seconds)


class _Lease:
    """Our hold on an operation; a thread with a connection of its own renews it while steps run."""

    def __init__(self, store: Store, actor: str, row: Row, fence: int, seconds: float) -> None:
        self.id: str = row["id"]
        self.order: str = row["order_id"]
        self.fence = fence
        self._store, self._actor, self._seconds = store, actor, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease {self.id}", daemon=True)

    def __enter__(self) -> "_Lease":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _renew(self) -> None:
        connection: Store | None = None
        while not self._stop.wait(self._seconds / 3):
            try:  # a database that is away for a moment must not end the renewing
                connection = connection or self._store.again()
                with connection.write(self._actor) as tx:
                    until = int((tx.wall() + self._seconds) * 1000)
                    if not tx.run(SQL.renew, id=self.id, fence=self.fence, lease_until=until):
                        break
            except Exception:  # noqa: BLE001 - a thread that dies here would cost the lease, whatever the cause
                if connection:
                    connection.close()
                connection = None
        if connection:
            connection.close()


def _take(
    store: Store, actor: str, order: str, wanted: Literal["run", "undo"], lease_seconds: float, admit: Record
) -> tuple[Row, int]:
    with store.write(actor) as tx:
        admit(tx)
        row = live(tx, order)
        if row is None:
            raise problems.NONE(order=order)
        require_free(tx, order)
        # An undo that was begun is finished: what it took away cannot be run forward from the middle.
        state = "undo" if row["state"] == "undo" else wanted
        me = owner.me(uuid.uuid4().hex[:8])
        until = int((tx.wall() + lease_seconds) * 1000)
        tx.run(SQL.take, id=row["id"], owner=me, lease_until=until, state=state)
        return {**row, "state": state}, row["fence"] + 1


def run(
    store: Store,
    actor: str,
    order: str,
    plan_of: Callable[[Row], Plan],
    *,
    wanted: Literal["run", "undo"] = "run",
    admit: Record = _nothing,
    say: Say = lambda _: None,
    lease_seconds: float = LEASE_SECONDS,
) -> str:
    """Take the order's live operation and bring it to its end; ``done`` or ``undone``.

    ``admit`` runs in the transaction that takes the operation and may refuse: what the caller looked at before
    may have been changed by another process since.
    A failing step leaves the operation ``failed`` (``undo`` when it was undoing) and raises; the next run goes on
    from that step.  Raises ``operation.busy`` while a living owner holds the lease.
    """
    row, fence = _take(store, actor, order, wanted, lease_seconds, admit)
    with _Lease(store, actor, row, fence, lease_seconds) as lease:
        try:
            work = _Run(store, actor, lease, plan_of(row), say)
            return work.back(row["step"]) if row["state"] == "undo" else work.forward(row["step"])
        except BaseException:
            # However we end, another run need not wait for a lease that nobody works under any more.
            with suppress(Exception), store.write(actor) as tx:  # what ended the run is what is told, not this
                tx.run(SQL.let_go, id=lease.id, fence=lease.fence)
            raise


@dataclass(frozen=True, slots=True)
class _Run:
    """One owner's run over the steps."""

    store: Store
    actor: str
    lease: _Lease
    plan: Plan
    say: Say

    def forward(self, done: int) -> str:
        steps = self.plan.steps
        for number in range(done, len(steps)):
            end = "done" if number == len(steps) - 1 else ""
            self._one(steps[number], "do", number + 1, end)
        return "done"

    def back(self, done: int) -> str:
        """The step that was under way may have half happened: it is undone first, then those before it.  While undoing,
        the counter is the index of the step to undo next."""
        for number in range(min(done, len(self.plan.steps) - 1), -1, -1):
            self._one(self.plan.steps[number], "undo", max(number - 1, 0), "" if number else "undone")
        return "undone"

    def _one(self, step: Step, direction: Direction, reached: int, end: str) -> None:
        """Touch the world, then write what became true together with the checkpoint."""
        self.say(step.title)
        killer(step.name, "before")
        with self.store.read(self.actor) as tx:
            started = int(tx.wall())
        try:
            note = step.do() if direction == "do" else step.undo()
            killer(step.name, "after")
            with self.store.write(self.actor) as tx:
                self._checkpoint(tx, reached, end)
                self._log(tx, step, direction, "done", note, started)
                (step.record if direction == "do" else step.unrecord)(tx)
        except JiyunError as error:
            if error.kind is not problems.FENCED:
                self._fail(step, direction, error, started)
            raise
        killer(step.name, "recorded")

    def _checkpoint(self, tx: Tx, reached: int, end: str) -> None:
        mine = {"id": self.lease.id, "fence": self.lease.fence, "step": reached}
        held = tx.run(SQL.finish, **mine, state=end, at=tx.now) if end else tx.run(SQL.checkpoint, **mine)
        if not held:
            raise problems.FENCED(order=self.lease.order)

    def _fail(self, step: Step, direction: Direction, error: JiyunError, started: int) -> None:
        """Leave a clear state: why, and at which step; the next run goes on from there."""
        text = canonical.encode({"code": error.code, "message": error.message(), "step": step.name})
        state = "failed" if direction == "do" else "undo"
        with self.store.write(self.actor) as tx:
            if tx.run(SQL.fail, id=self.lease.id, fence=self.lease.fence, state=state, error=text):
                self._log(tx, step, direction, "failed", error.message(), started)
                self.plan.on_fail(tx, error.message())

    def _log(self, tx: Tx, step: Step, direction: Direction, outcome: str, note: str, started: int) -> None:
        row: dict[str, Any] = {"id": self.lease.id, "step": step.name, "direction": direction, "outcome": outcome, "note": note}
        tx.run(SQL.log, **row, fence=self.lease.fence, started_at=started, ended_at=int(tx.wall()))


def killer(step: str, moment: str) -> None:
    """For the crash tests: ``JIYUN_KILL_AT=volumes:after`` ends this process there with SIGKILL."""
    if os.environ.get("JIYUN_KILL_AT") == f"{step}:{moment}":
        os.kill(os.getpid(), signal.SIGKILL)

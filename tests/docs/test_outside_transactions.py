"""No call to a host or into a guest happens while a write transaction is open, in the whole life of a machine."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jiyun.errors import JiyunError
from jiyun.store import Row
from provisioners.protocol import Provisioner
from provisioners.spec import HostSpec, MachineSpec
from tests.support import world
from tests.support.world import MemoryGuest, World
from workflows import doctor, hosts, machines
from workflows.session import Session
from workflows.work import Drivers


class Watch:
    """Stands in front of a host or a guest and looks, before each call, whether the store can be written to."""

    def __init__(self, behind: Any, file: Path, calls: list[str]) -> None:
        self._behind, self._file, self._calls = behind, file, calls

    def __enter__(self) -> "Watch":
        self._behind.__enter__()
        return self

    def __exit__(self, *reason: object) -> None:
        self._behind.__exit__(*reason)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._behind, name)

        def watched(*given: Any, **named: Any) -> Any:
            assert_free(self._file, name)
            self._calls.append(name)
            return method(*given, **named)

        return watched


def assert_free(file: Path, call: str) -> None:
    """Fail where somebody holds the write lock.  The lease's own thread may hold it for a moment: it is waited for."""
    with sqlite3.connect(file, timeout=2.0, isolation_level=None) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            pytest.fail(f"{call} was called while a write transaction was open")
        other.execute("ROLLBACK")
    other.close()


class Watched(World):
    """A world whose hosts and guests are all behind a :class:`Watch`."""

    file: Path
    calls: list[str]

    def open_host(self, spec: HostSpec) -> Provisioner:
        watched: Any = Watch(self.hosts.open_host(spec), self.file, self.calls)
        found: Provisioner = watched
        return found

    def drivers(self) -> Drivers:
        def guest(session: Session, row: Row, machine: MachineSpec) -> Any:
            return Watch(MemoryGuest(session, row, machine, self.guest_log), self.file, self.calls)

        return Drivers(host=lambda machine: self.open_host(machine.host), guest=guest)


def watched_world(folder: Path) -> Watched:
    file = folder / "store.db"
    made = world.ready(f"sqlite:///{file}", folder / "home")
    found = Watched(made.store, made.home, made.hosts)
    found.file, found.calls = file, []
    return found


def test_the_whole_life_of_a_machine_calls_out_between_transactions(tmp_path: Path) -> None:
    watched = watched_world(tmp_path)
    operator = watched.session("operator")
    hosts.probe(operator, "host1", opening=watched.open_host)
    number = watched.active()
    machines.power(operator, "budget-1", "stop", opening=watched.open_host)
    machines.power(operator, "budget-1", "start", opening=watched.open_host)
    assert doctor.examine(operator, opening=watched.open_host) == []
    assert watched.delete(watched.machine(number)) == "done"
    for call in ("probe", "ensure_volume", "ensure_running", "reach", "baseline", "found", "ensure_off", "remove_volume"):
        assert call in watched.calls
    watched.store.close()


def test_undoing_after_a_failure_calls_out_between_transactions(tmp_path: Path) -> None:
    watched = watched_world(tmp_path)
    watched.hosts.fail_on.add("ensure_running")
    number = watched.approved()
    with pytest.raises(JiyunError):
        watched.fulfil(number)
    assert watched.cancel(number) == "undone"
    assert "remove_domain" in watched.calls and "remove_volume" in watched.calls
    watched.store.close()


def test_the_watch_sees_an_open_transaction(tmp_path: Path) -> None:
    watched = watched_world(tmp_path)
    with watched.store.write("operator"), pytest.raises(pytest.fail.Exception, match="while a write transaction was open"):
        assert_free(watched.file, "ensure_volume")
    watched.store.close()

"""House invariant: no hypervisor, SSH or Ansible call happens inside a write transaction."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from jiyun.errors import JiyunError
from jiyun.store import Row, Store
from jiyun.store.drivers import Driver, PostgresDriver, SqliteDriver
from jiyun.store.engine import shown
from provisioners.protocol import Provisioner
from provisioners.spec import HostSpec, MachineSpec
from tests.support.world import MemoryGuest, World
from workflows import doctor, fulfil, hosts, images, machines, order, retire
from workflows.session import Session
from workflows.work import Drivers


class Watch:
    """Proves at each call that the store can be written at once by somebody else: so no write is open anywhere."""

    def __init__(self, store: Store) -> None:
        driver: Driver
        if store.dialect == "sqlite":
            driver = SqliteDriver(Path(store.url.removeprefix("sqlite:///")), create=False, wait_seconds=0.2)
        else:
            driver = PostgresDriver(store.url, shown=shown(store.url), wait_seconds=0.2)
        self.other = Store(driver, store.url, store.facts)
        self.calls: set[str] = set()

    def look(self, name: str) -> None:
        self.calls.add(name)
        try:
            with self.other.write("watch"):
                pass
        except JiyunError as error:
            pytest.fail(f"{name} was called inside a write transaction ({error.code})")


class WatchedHost:
    """A host whose every method is watched."""

    def __init__(self, inner: Any, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __enter__(self) -> "WatchedHost":
        self._watch.look("open")
        return self

    def __exit__(self, *_: object) -> None: ...

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._inner, name)

        def watched(*arguments: Any, **options: Any) -> Any:
            self._watch.look(name)
            return method(*arguments, **options)

        return watched


def test_the_watch_sees_an_open_transaction(world: World) -> None:
    watch = Watch(world.store)
    with watch.other, pytest.raises(pytest.fail.Exception), world.store.write("ops"):
        watch.look("anything")


def test_the_whole_life_calls_nothing_inside_a_transaction(world: World) -> None:
    watch = Watch(world.store)

    def opening(host: HostSpec) -> Provisioner:
        return cast(Provisioner, WatchedHost(world.hosts.open_host(host), watch))

    class WatchedGuest(MemoryGuest):
        def reach(self, seconds: int, say: Callable[[str], None]) -> dict[str, str]:
            watch.look("reach")
            return {}

        def baseline(self, say: Callable[[str], None]) -> dict[str, str]:
            watch.look("baseline")
            return {}

    def guest(session: Session, row: Row, machine: MachineSpec) -> WatchedGuest:
        return WatchedGuest(session, row, machine, [])

    drivers = Drivers(host=lambda machine: opening(machine.host), guest=guest)
    operator = world.session("operator")
    with watch.other:
        hosts.probe(operator, "host1", opening=opening)
        for hostname in ("budget-1", "budget-2"):
            order.approve(world.session("reviewer"), world.reviewed(hostname=hostname))
        fulfil.fulfil(operator, "ord-000001", drivers=drivers)
        for what in ("stop", "start", "reboot", "force-stop"):
            machines.power(operator, "budget-1", what, opening=opening)
        assert [found.code for found in doctor.examine(operator, opening=opening)] == []
        world.hosts.fail_on.add("ensure_running")
        with pytest.raises(JiyunError):
            fulfil.fulfil(operator, "ord-000002", drivers=drivers)
        fulfil.cancel(operator, "ord-000002", "x", drivers=drivers)
        retire.delete(operator, "budget-1", drivers=drivers)
        images.remove(operator, "tiny", opening=opening)
    expected = {
        *("open", "probe", "ensure_pool", "power", "ensure_image_part", "ensure_segment", "ensure_reservation"),
        *("ensure_guard", "ensure_volume", "ensure_seed", "ensure_defined", "ensure_running", "reach", "baseline"),
        *("reboot", "found", "ensure_off", "remove_domain", "remove_seed", "remove_volume", "remove_guard"),
        *("remove_reservation", "remove_segment", "remove_image_part"),
    }
    assert expected <= watch.calls

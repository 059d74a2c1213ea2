"""Operations: each step once in effect, whoever stops, fails, dies or comes too late."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from jiyun.store import Row
from operations import engine, owner
from provisioners.problems import LIBVIRT_FAILED
from tests.operations import fake
from tests.operations.fake import NAMES, Folder
from tests.support import raw
from tests.support.world import World

REPO = Path(__file__).parents[2]


@pytest.fixture
def order(world: World) -> str:
    """An order with an open operation."""
    number = world.submit()
    with world.store.write("operator") as tx:
        engine.open_operation(tx, "op-1", "fulfil", number)
    return number


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "world")


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    yield os.environ | {"PYTHONPATH": str(REPO)}


def operation(world: World) -> Row:
    return raw.rows(world.store, "SELECT * FROM operation")[0]


def recorded(world: World) -> dict[str, int]:
    """How often the checkpoint of each step was written."""
    found = raw.rows(world.store, "SELECT name, last FROM sequence WHERE name LIKE 'did %' OR name LIKE 'undid %'")
    return {row["name"]: row["last"] for row in found}


def log(world: World, order: str) -> list[tuple[str, str, str]]:
    with world.store.read() as tx:
        return [(row["step"], row["direction"], row["outcome"]) for row in engine.steps_of(tx, order)]


def process(world: World, order: str, folder: Folder, wanted: str, lease: float, env: dict[str, str]) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.operations.fake", world.store.url, order, str(folder.path), wanted, str(lease)]
    return subprocess.Popen(words, cwd=REPO, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def fail_at(step: str, moment: str) -> fake.Hook:
    def hook(name: str, direction: str) -> None:
        if (name, direction) == (step, moment):
            raise LIBVIRT_FAILED(host="h", action=name, reason="no")

    return hook


def test_every_step_once_and_in_order(world: World, order: str, folder: Folder) -> None:
    assert fake.run(world.store, order, folder) == "done"
    assert folder.journal() == ["make alpha", "make beta", "make gamma"]
    assert recorded(world) == dict.fromkeys((f"did {name}" for name in NAMES), 1)
    assert log(world, order) == [(name, "do", "done") for name in NAMES]
    row = operation(world)
    assert (row["state"], row["step"], row["owner"], row["fence"]) == ("done", 3, "", 1)
    with pytest.raises(JiyunError) as caught:
        fake.run(world.store, order, folder)
    assert (caught.value.code, caught.value.exit) == ("operation.none", Exit.NOT_FOUND)


@pytest.mark.parametrize("step", NAMES)
def test_a_failing_step_leaves_failed_and_the_next_run_goes_on(world: World, order: str, folder: Folder, step: str) -> None:
    folder.hook = fail_at(step, "do")
    for _ in range(2):
        with pytest.raises(JiyunError) as caught:
            fake.run(world.store, order, folder)
        assert caught.value.code == "host.libvirt-failed"
    row = operation(world)
    assert (row["state"], row["step"], row["owner"]) == ("failed", NAMES.index(step), "")
    assert f'"step":"{step}"' in row["error"]
    folder.hook = lambda _step, _moment: None
    assert fake.run(world.store, order, folder) == "done"
    assert folder.journal() == [f"make {name}" for name in NAMES]
    assert recorded(world) == dict.fromkeys((f"did {name}" for name in NAMES), 1)
    assert [line for line in log(world, order) if line[2] == "failed"] == [(step, "do", "failed")] * 2


def test_undo_counts_down_from_where_it_stood(world: World, order: str, folder: Folder) -> None:
    folder.hook = fail_at("gamma", "do")
    with pytest.raises(JiyunError):
        fake.run(world.store, order, folder)
    assert fake.run(world.store, order, folder, "undo") == "undone"
    assert folder.journal() == ["make alpha", "make beta", "remove beta", "remove alpha"]
    assert recorded(world) == {"did alpha": 1, "did beta": 1} | dict.fromkeys((f"undid {name}" for name in NAMES), 1)
    assert operation(world)["state"] == "undone"


def test_an_undo_that_failed_is_finished_even_when_asked_to_go_forward(world: World, order: str, folder: Folder) -> None:
    folder.hook = fail_at("gamma", "do")
    with pytest.raises(JiyunError):
        fake.run(world.store, order, folder)
    folder.hook = fail_at("alpha", "undo")
    with pytest.raises(JiyunError):
        fake.run(world.store, order, folder, "undo")
    assert (operation(world)["state"], operation(world)["step"]) == ("undo", 0)
    folder.hook = lambda _step, _moment: None
    assert fake.run(world.store, order, folder, "run") == "undone"
    assert folder.things() == []


def test_two_runners_at_once(world: World, order: str, folder: Folder) -> None:
    inside, leave = threading.Event(), threading.Event()

    def wait(step: str, _moment: str) -> None:
        if step == "beta":
            inside.set()
            assert leave.wait(10)

    folder.hook = wait
    outcome: list[str] = []

    def first() -> None:
        with world.store.again() as own:
            outcome.append(fake.run(own, order, folder))

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    try:
        for wanted in ("run", "undo"):
            with pytest.raises(JiyunError) as caught:
                fake.run(world.store, order, Folder(folder.path), wanted)
            assert (caught.value.code, caught.value.exit) == ("operation.busy", Exit.CONFLICT)
            assert f"process {os.getpid()}" in caught.value.message()
    finally:
        leave.set()
        thread.join()
    assert outcome == ["done"]
    assert folder.journal() == [f"make {name}" for name in NAMES]


def test_a_run_that_breaks_off_lets_go(world: World, order: str, folder: Folder) -> None:
    """Whatever ends it, a run in the same process does not have to wait for a lease."""

    def broken(step: str, _moment: str) -> None:
        if step == "beta":
            raise RuntimeError("a mistake in the program")

    folder.hook = broken
    with pytest.raises(RuntimeError):
        fake.run(world.store, order, folder)
    assert (operation(world)["state"], operation(world)["owner"]) == ("run", "")
    assert fake.run(world.store, order, Folder(folder.path)) == "done"
    assert recorded(world) == dict.fromkeys((f"did {name}" for name in NAMES), 1)


def test_a_lease_is_renewed_while_a_step_takes_long(world: World, order: str, folder: Folder) -> None:
    seen: list[int] = []

    def slow(step: str, _moment: str) -> None:
        if step != "beta":
            return
        for _ in range(40):
            seen.append(int(operation(world)["lease_until"]))
            if seen[-1] > seen[0]:
                return
            time.sleep(0.05)

    folder.hook = slow
    assert fake.run(world.store, order, folder, lease=0.6) == "done"
    assert seen[-1] > seen[0]


def test_a_frozen_owner_is_fenced_off_when_its_lease_is_over(
    world: World, order: str, folder: Folder, environment: dict[str, str]
) -> None:
    frozen = process(world, order, folder, "run", 0.5, environment | {"FAKE_FREEZE": "beta"})
    try:
        deadline = time.monotonic() + 20
        while not (folder.path / "frozen").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        outcome = ""
        while not outcome and time.monotonic() < deadline:  # busy until the lease is over: the frozen owner still lives
            try:
                outcome = fake.run(world.store, order, folder)
            except JiyunError as error:
                assert error.code == "operation.busy"
                time.sleep(0.05)
        assert outcome == "done"
        frozen.send_signal(signal.SIGCONT)
        _, said = frozen.communicate(timeout=20)
    finally:
        frozen.kill()
        frozen.communicate()
    assert said.strip() == "operation.fenced"
    assert folder.journal() == [f"make {name}" for name in NAMES]
    assert recorded(world) == dict.fromkeys((f"did {name}" for name in NAMES), 1)
    assert (operation(world)["state"], operation(world)["fence"]) == ("done", 2)


@pytest.mark.parametrize("moment", ["before", "after", "recorded"])
@pytest.mark.parametrize("step", NAMES)
@pytest.mark.parametrize("wanted", ["run", "undo"])
def test_killed_anywhere(
    world: World, order: str, folder: Folder, environment: dict[str, str], wanted: str, step: str, moment: str
) -> None:
    """SIGKILL of the process, then a second run at once: the owner is known to be dead, no lease is waited for."""
    if wanted == "undo":
        folder.hook = fail_at("gamma", "do")
        with pytest.raises(JiyunError):
            fake.run(world.store, order, folder)
        folder.hook = lambda _step, _moment: None
    killed = process(world, order, folder, wanted, 30, environment | {"JIYUN_KILL_AT": f"{step}:{moment}"})
    killed.communicate(timeout=30)
    assert killed.returncode == -signal.SIGKILL
    ended = operation(world)["ended_at"] is not None
    last = {"run": "gamma", "undo": "alpha"}[wanted]
    assert ended == ((step, moment) == (last, "recorded"))
    if not ended:
        started = time.monotonic()
        assert fake.run(world.store, order, folder, "run" if wanted == "run" else "undo") in ("done", "undone")
        assert time.monotonic() - started < 10
    made = [f"make {name}" for name in NAMES[: 3 if wanted == "run" else 2]]
    assert folder.journal() == made + ([] if wanted == "run" else ["remove beta", "remove alpha"])
    counted = {f"did {name}": 1 for name in NAMES[: 3 if wanted == "run" else 2]}
    assert recorded(world) == counted | ({} if wanted == "run" else {f"undid {name}": 1 for name in NAMES})
    assert folder.things() == (sorted(NAMES) if wanted == "run" else [])
    assert operation(world)["state"] == {"run": "done", "undo": "undone"}[wanted]


def test_whose_death_can_be_known() -> None:
    mine = owner.me("x")
    place, pid, started, _ = mine.split("/")
    assert not owner.known_dead(mine)
    assert owner.known_dead(f"{place}/{pid}/{int(started) + 1}/x")  # the number was given to another process since
    assert owner.known_dead(f"{place}/999999999/1/x")
    assert not owner.known_dead(f"elsewhere/{pid}/1/x")  # another machine: only its lease can tell
    assert not owner.known_dead("")
    assert owner.shown(mine) == f"process {os.getpid()}"
    assert owner.shown("?") == "another process"

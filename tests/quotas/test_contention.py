"""Several processes at once, and one that is killed: no unit is given twice, lost, or refused while it is free."""

import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from jiyun import audit
from jiyun.store import Store
from quotas.allocations import allocations, host_use
from quotas.proof import differences
from tests.quotas.conftest import PATHS, ask, claim, limit

REPOSITORY = Path(__file__).resolve().parents[2]
PROCESSES, TRIES, UNITS = 8, 3, 10


def start(stack: ExitStack, url: str, name: str, what: str) -> subprocess.Popen[str]:
    """A claimant that has opened the store; killed at the latest when the stack unwinds."""
    argv = [sys.executable, "-m", "tests.quotas.claimant", url, name, what]
    process = stack.enter_context(
        subprocess.Popen(argv, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    )
    stack.callback(process.kill)
    assert process.stdout is not None and process.stdout.readline() in ("ready\n", "holding\n")
    return process


@pytest.mark.parametrize("node", ["city", "office"])
def test_exactly_as_many_win_as_there_are_units(store: Store, node: str) -> None:
    with store.write("ops") as tx:
        for ancestor in PATHS["office"]:
            limit(tx, ancestor, "vcpu", UNITS if ancestor == node else UNITS + 5)
    with ExitStack() as stack:
        processes = [start(stack, store.url, f"p{number}", str(TRIES)) for number in range(PROCESSES)]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        said = [process.communicate(timeout=120)[0].split() for process in processes]
    assert Counter(word for words in said for word in words) == {"won": UNITS, "quota.exceeded": PROCESSES * TRIES - UNITS}
    with store.read() as tx:
        assert host_use(tx) == {"host-1": {"vcpu": UNITS, "memory": UNITS * 64}}
        assert differences(tx) == ()
        assert audit.verify(tx).findings == ()


def test_a_process_killed_inside_its_transaction_leaves_nothing(store: Store) -> None:
    with store.write("ops") as tx:
        limit(tx, "city", "vcpu", 1)
    with ExitStack() as stack:
        process = start(stack, store.url, "killed", "stall")
        process.kill()
        process.wait(timeout=30)
        claim(store, ask("next", vcpu=1))
    with store.read() as tx:
        assert allocations(tx, "killed") == ()
        assert host_use(tx) == {"host-1": {"vcpu": 1}}
        assert differences(tx) == ()
        assert audit.verify(tx).findings == ()

"""A process that claims: ``python -m tests.quotas.claimant URL NAME COUNT`` or ``… URL NAME stall``.

With a count it waits for a line, asks COUNT times for one unit and prints how each went.  With ``stall`` it holds a
claim in an open transaction, says so, and waits to be killed.
"""

import sys
import time

from jiyun.errors import JiyunError
from jiyun.store import open_store
from quotas.allocations import hold
from tests.quotas.conftest import ask


def contend(url: str, name: str, count: int) -> None:
    with open_store(url) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(count):
            try:
                with store.write(name) as tx:
                    hold(tx, ask(f"{name}-{number}", vcpu=1, memory=64))
                print("won", flush=True)
            except JiyunError as error:
                print(error.code, flush=True)


def stall(url: str, name: str) -> None:
    with open_store(url) as store, store.write(name) as tx:
        hold(tx, ask(name, vcpu=1))
        print("holding", flush=True)
        time.sleep(60)


if __name__ == "__main__":
    if sys.argv[3] == "stall":
        stall(sys.argv[1], sys.argv[2])
    else:
        contend(sys.argv[1], sys.argv[2], int(sys.argv[3]))

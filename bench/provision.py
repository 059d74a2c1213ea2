"""What our books add to building a machine: ``order fulfil`` to libvirt's 'running' over bare libvirt-python.

The claim is taken at the approval, so approving is measured as part of ours: quota, capacity, addresses, plan, audit
entries, step log, all of it against none of it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import seed
from bench.harness import Figure, bench, interleaved, ratio, spread
from provisioners.spec import MachineSpec
from workflows import fulfil, hosts, images, retire
from workflows.progress import Progress
from workflows.session import Session
from workflows.work import Drivers

ROUNDS = 7
BOUND = 1.10
_STEPS_TO_RUNNING = 8  # check to start; when the ninth begins, libvirt has said 'running'


class _Untouched:
    """A guest that nobody enters: what is measured ends when the machine runs."""

    def reach(self, seconds: int, say: object) -> dict[str, str]:
        return {"measured": "no"}

    def baseline(self, say: object) -> dict[str, str]:
        return {}


class _Rig:
    """A store, a host and a tiny image; makes and removes one machine at a time."""

    def __init__(self, home: Path, folder: Path) -> None:
        from lab.dev.images import cache_of, load

        self.session: Session = seed.make_store(home)
        hosts.probe(self.session, "host1")
        spec = load(folder, "tiny")
        cache = cache_of(folder)
        self.session.image_folder.mkdir(parents=True, exist_ok=True)
        for part in spec.parts:
            (self.session.image_folder / part.sha256).write_bytes(cache.path(part).read_bytes())
        images.adopt(self.session, "tiny", spec)
        self._number = 0
        kept = self._order()  # it keeps the segment, the pool and the image in place for both sides
        self._kept = seed.approve(self.session, kept).id
        fulfil.fulfil(self.session, kept, drivers=self._drivers())

    def _drivers(self) -> Drivers:
        return Drivers(host=lambda machine: hosts.open_host(machine.host), guest=lambda *_: _Untouched())

    def _order(self) -> str:
        self._number += 1
        return seed.reviewed(self.session, self._number)

    def ours(self) -> float:
        """Approve and fulfil up to 'running'; then the machine is deleted."""
        order = self._order()
        ended: list[float] = []

        def say(_title: str) -> None:
            ended.append(time.perf_counter())

        began = time.perf_counter()
        machine = seed.approve(self.session, order)
        fulfil.fulfil(self.session, order, Progress(say), drivers=self._drivers())
        retire.delete(self.session, machine.id, drivers=self._drivers())
        return ended[_STEPS_TO_RUNNING] - began

    def bare(self) -> float:
        """The same with bare calls, from a plan made beforehand."""
        from bench.bare_libvirt import create
        from provisioners.hostkeys import host_key, read_secret

        order = self._order()
        machine = seed.approve(self.session, order)
        private = host_key(read_secret(self.session.secret_file), machine.id).private
        began = time.perf_counter()
        create(machine, private)
        seconds = time.perf_counter() - began
        _remove(machine)
        fulfil.cancel(self.session, order, "measured", drivers=self._drivers())
        return seconds

    def close(self) -> None:
        """Remove the machine that was kept; the lab takes all the rest with it."""
        retire.delete(self.session, self._kept, drivers=self._drivers())
        self.session.store.close()


def _remove(machine: MachineSpec) -> None:
    with hosts.open_host(machine.host) as host:
        host.ensure_off(machine, 0)
        host.remove_domain(machine)
        host.remove_seed(machine)
        for volume in machine.volumes:
            host.remove_volume(volume, "unlink")
        host.remove_guard(machine.port)
        host.remove_reservation(machine.port)


def inside(folder: Path) -> dict[str, list[float]]:
    """Seconds of each round, by side; run in the lab."""
    with tempfile.TemporaryDirectory(prefix="jiyun-bench-") as home:
        rig = _Rig(Path(home) / "home", folder)
        try:
            return interleaved({"jiyun": rig.ours, "libvirt-python": rig.bare}, ROUNDS)
        finally:
            rig.close()


@bench("provision", "one tiny VM, approved, to libvirt's 'running', over bare libvirt-python; books included")
def measure() -> list[Figure]:
    """One ratio of wall time; measured in the lab's private namespaces."""
    from lab.dev.images import prepare

    folder = Path(os.environ.get("JIYUN_TEST_CACHE") or "/var/cache/jiyun-test").absolute()
    prepare(folder, ["tiny"])
    command = [sys.executable, "-m", "lab.enter", "--", sys.executable, "-m", "bench.provision", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=900)
    values: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    beside = f"jiyun {spread(values['jiyun'], 1, 's')}; libvirt-python {spread(values['libvirt-python'], 1, 's')}"
    return [Figure("one VM to running", ratio(values, "jiyun", "libvirt-python"), BOUND, "times", beside=beside)]


if __name__ == "__main__":
    print(json.dumps(inside(Path(sys.argv[1]))))

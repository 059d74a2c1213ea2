"""What breaks under an order: each time one clear sentence, a clear state, and a way on or back that leaves nothing."""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import daemons
from provisioners.hostkeys import host_key
from provisioners.seed import seed_iso
from provisioners.spec import MachineSpec
from tests.stories import estates, host
from tests.stories.conftest import Found
from tests.stories.office import Office, wait_for

pytestmark = pytest.mark.hypervisor

SOCKET = "/run/libvirt/libvirt-sock"


def _ordered(office: Office, hostname: str, image: str = "tiny") -> tuple[str, MachineSpec]:
    """An approved order."""
    order = office.submit(estates.APPLICANT, estates.SYSTEM, estates.SEGMENT, hostname, image=image, disk="64MiB")
    return order, office.approve(order)


def _fails(office: Office, order: str, code: str, *words: str) -> str:
    """``order fulfil`` ends with status 8 and ``code``, and the order says so; the message."""
    error = office.refused(8, "order", "fulfil", order, *words)
    assert error["code"] == code
    shown = office.ask("order", "show", order)
    assert (shown["state"], shown["reason"]) == ("failed", error["message"])
    assert shown["steps"][-1]["outcome"] == "failed" and shown["steps"][-1]["note"] == error["message"]
    assert [finding["code"] for finding in office.run("doctor", status=None).findings if "host" not in finding["code"]] == [
        "operation.open"
    ]
    return str(error["message"])


def _goes_on(office: Office, order: str, machine: MachineSpec) -> None:
    """The same command again brings the order to its end."""
    office.run("order", "fulfil", order)
    assert office.state(order) == "active"
    host.everything(machine)
    office.clean()


def _is_undone(office: Office, order: str, machine: MachineSpec) -> None:
    """Cancelling gives everything back."""
    office.run("order", "cancel", order, "--reason", "gave up", "--yes")
    assert office.state(order) == "cancelled"
    host.nothing(machine)
    assert {row["state"] for row in office.rows("SELECT state FROM allocation WHERE order_id = ?", order)} == {"released"}
    office.clean()


def _is_deleted(office: Office, machine: MachineSpec) -> None:
    office.run("vm", "stop", machine.id, "--force")
    office.run("vm", "delete", machine.id, "--yes")
    host.nothing(machine)
    office.clean()


@pytest.fixture
def libvirtd() -> Iterator[None]:
    """Whatever a test does to libvirtd, it runs again afterwards."""
    yield
    if subprocess.run(["virsh", "-q", "list"], capture_output=True, timeout=60, check=False).returncode:
        daemons.start_libvirtd()


def test_libvirtd_stopped_before_and_killed_in_the_middle(new_town: Found, libvirtd: None) -> None:
    office = new_town()
    office.run("host", "probe", "host1")
    order, machine = _ordered(office, "storm")

    daemons.stop_libvirtd()
    said = _fails(office, order, "host.unreachable")
    assert said.startswith("Host host1 does not answer at qemu:///system: ") and "Start its libvirtd" in said
    daemons.start_libvirtd()

    working = office.begin("order", "fulfil", order)
    wait_for("an upload", lambda: any(Path(machine.root.pool.path).glob("*.part")), pause=0.001)
    daemons.kill_libvirtd()
    ended = office.end(working, status=8)
    assert ended.error["code"] in ("host.unreachable", "host.libvirt-failed")
    assert office.state(order) == "failed"
    daemons.start_libvirtd()
    _goes_on(office, order, machine)

    before = host.process(machine)
    daemons.kill_libvirtd()
    daemons.start_libvirtd()
    assert host.process(machine) == before, "the guest lives on"
    assert office.ssh("storm", "hostname").strip() == "storm"
    office.clean()
    _is_deleted(office, machine)


def test_host_out_of_reach(new_town: Found, tmp_path: Path) -> None:
    way = tmp_path / "socket"
    way.symlink_to(SOCKET)
    uri = f"qemu+unix:///system?socket={way}"
    office = new_town(uri=uri)
    office.run("host", "probe", "host1")
    order, machine = _ordered(office, "island")

    way.unlink()
    error = office.refused(8, "host", "probe", "host1")
    assert error["code"] == "host.unreachable" and uri in error["message"]
    assert uri in _fails(office, order, "host.unreachable")
    assert office.run("doctor", status=9).findings[-1]["code"] == "host.away"
    way.symlink_to(SOCKET)
    _is_undone(office, order, machine)


def test_host_that_was_never_reached(new_town: Found) -> None:
    office = new_town(uri="qemu+unix:///system?socket=/nonexistent")
    assert office.refused(8, "host", "probe", "host1")["code"] == "host.unreachable"
    order = office.submit(estates.APPLICANT, estates.SYSTEM, estates.SEGMENT, "nowhere")
    office.review(order)
    error = office.refused(7, "order", "approve", order, actor=office.people.approver)
    assert error["code"] == "host.not-probed" and "jiyun host probe host1" in error["message"]
    assert office.state(order) == "reviewed"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own of 32 MiB."""
    device, folder = tmp_path / "disk", tmp_path / "small"
    folder.mkdir()
    with device.open("wb") as file:
        file.truncate(32 << 20)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", device], check=True, timeout=60)
    subprocess.run(["mount", "-o", "loop", device, folder], check=True, timeout=60)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True, timeout=60)


def test_pool_full(new_town: Found, small_disk: Path) -> None:
    office = new_town(pool=str(small_disk))
    office.run("host", "probe", "host1")
    order, machine = _ordered(office, "crowd")
    ballast = small_disk / "ballast"
    ballast.write_bytes(os.urandom(16 << 20))
    said = _fails(office, order, "pool.full")
    assert said.startswith(f"Storage pool {machine.root.pool.name} on host host1 is full: jy-img-")
    assert said.endswith("Free space there, then repeat.")
    assert not list(small_disk.glob("*.part")), "no half-written file takes the space that is left"
    ballast.unlink()
    _goes_on(office, order, machine)
    _is_deleted(office, machine)


def test_guest_that_never_answers(new_town: Found, tmp_path: Path) -> None:
    disk = tmp_path / "blank.raw"
    disk.write_bytes(bytes(1 << 20))
    right = hashlib.sha256(disk.read_bytes()).hexdigest()
    office = new_town(images=[{"name": "blank", "kind": "disk", "how": "file", "file": str(disk), "sha256": right}])
    office.run("host", "probe", "host1")

    error = office.refused(8, "image", "import", str(disk), "--name", "blank", "--sha256", "0" * 64)
    assert error["code"] == "image.checksum"
    assert error["message"].startswith(f"{disk} has SHA-256 {right}, expected {'0' * 64}; the file was not taken.")
    assert not (office.home / "images" / right).exists()
    office.run("image", "import", str(disk), "--name", "blank", "--sha256", right)

    order, machine = _ordered(office, "silent", image="blank")
    began = time.monotonic()
    said = _fails(office, order, "guest.ssh-timeout", "--reach-seconds", "5")
    assert time.monotonic() - began < 60
    assert said.startswith(f"silent did not answer SSH at {machine.port.ipv4} within 5 s (")
    assert f"`jiyun vm console --log {machine.id}`" in said
    office.run("vm", "console", "--log", machine.id)
    host.everything(machine)
    _fails(office, order, "guest.ssh-timeout", "--reach-seconds", "1")  # once more, from the same step
    assert [step["step"] for step in office.steps(order) if step["outcome"] == "failed"] == ["reach", "reach"]
    _is_undone(office, order, machine)


def test_image_changed_in_the_cache(town: Office) -> None:
    order, machine = _ordered(town, "rotten")
    part = machine.image.parts[0]
    kept = town.home / "images" / part.sha256
    whole = kept.with_suffix(".whole")
    kept.rename(whole)
    shutil.copyfile(whole, kept)
    with kept.open("r+b") as file:
        file.seek(part.size_bytes // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    said = _fails(town, order, "image.checksum")
    assert str(kept) in said and f"expected {part.sha256}" in said
    whole.replace(kept)
    _is_undone(town, order, machine)


def test_two_runs_of_one_order_at_the_same_time(town: Office) -> None:
    order, machine = _ordered(town, "twins")
    first = town.begin("order", "fulfil", order)
    held = "SELECT 1 FROM operation WHERE order_id = ? AND owner <> ''"
    wait_for("the first run's lease", lambda: town.rows(held, order))
    error = town.refused(7, "order", "fulfil", order)
    assert error["code"] == "operation.busy"
    assert error["message"].startswith(f"{order} is being worked on by process {first.pid};")
    waiting = town.begin("order", "fulfil", order, "--wait")
    assert town.refused(7, "order", "cancel", order, "--reason", "in a hurry", "--yes")["code"] == "operation.busy"
    town.end(first, status=0)
    town.end(waiting, status=0)
    assert town.state(order) == "active"
    assert len(town.steps(order)) == 11, "no step ran twice"
    host.everything(machine)
    town.clean()
    _is_deleted(town, machine)


def test_segment_full(new_town: Found) -> None:
    office = new_town(cidr="10.199.1.0/29")
    office.run("host", "probe", "host1")
    for number in range(2, 7):
        assert _ordered(office, f"seat-{number}")[1].port.ipv4 == f"10.199.1.{number}"
    order = office.submit(estates.APPLICANT, estates.SYSTEM, estates.SEGMENT, "standing")
    office.review(order)
    error = office.refused(4, "order", "approve", order, actor=office.people.approver)
    assert error["code"] == "segment.full"
    assert error["message"].startswith("Segment finance (10.199.1.0/29) is full: 5 of its 5 addresses are taken.")
    assert office.state(order) == "reviewed"
    assert office.rows("SELECT 1 FROM allocation WHERE order_id = ?", order) == []


def test_quota_short_by_one(new_town: Found) -> None:
    office = new_town(limits={"vcpu": 1})
    office.run("host", "probe", "host1")
    _ordered(office, "last")
    order = office.submit(estates.APPLICANT, estates.SYSTEM, estates.SEGMENT, "too-many")
    office.review(order)
    error = office.refused(4, "order", "approve", order, actor=office.people.approver)
    assert error["code"] == "quota.exceeded"
    assert error["message"].startswith(
        "The quota of city in the administrative cloud does not allow this: vcpu limit 1, in use 1, asked 1, short by 1."
    )
    assert error["detail"]["failed"] == [
        {"node": "city", "cloud": "administrative", "dimension": "vcpu", "limit": 1, "use": 1, "ask": 1}
    ]
    assert office.state(order) == "reviewed"
    assert len(office.rows("SELECT 1 FROM address")) == 1, "the refused order holds no address"


def test_guest_with_another_host_key(town: Office) -> None:
    """Somebody put another seed into the pool: the guest comes up with a key that was not made for it."""
    order, machine = _ordered(town, "impostor")
    town.killed("seed:recorded", "order", "fulfil", order)
    theirs = host_key(b"?" * 32, machine.id)
    seed = Path(machine.root.pool.path, machine.seed_volume)
    seed.write_bytes(seed_iso(machine, theirs.private))
    began = time.monotonic()
    said = _fails(town, order, "guest.host-key-mismatch", "--reach-seconds", "600")
    assert time.monotonic() - began < 300, "refused when it was seen, not when the time was up"
    assert said.startswith(f"impostor at {machine.port.ipv4} shows SSH host key SHA256:")
    assert said.endswith("no login was tried.")
    assert town.rows("SELECT 1 FROM usage_event WHERE source LIKE ? || '/%'", order) == []
    _is_undone(town, order, machine)

"""The lab: a libvirtd of its own answers inside, and nothing of it is left outside, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.hypervisor

_WAIT_S = 60.0
# A guest that runs for ever: no disk, no network card, an empty boot order.
_GUEST = """<domain type='qemu'><name>left-over</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>"""
_NETWORK = "<network><name>left-over</name><bridge name='leftover0'/><ip address='10.93.0.1' prefix='24'><dhcp><range start='10.93.0.2' end='10.93.0.9'/></dhcp></ip></network>"  # noqa: E501
_BUSY = f"""
import libvirt, os, sys, time
connection = libvirt.open("qemu:///system")
connection.networkCreateXML('''{_NETWORK}''')
connection.createXML('''{_GUEST}''')
print(os.readlink("/proc/self/ns/pid"), flush=True)
time.sleep(600)
"""


def _enter(scratch: Path, *command: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "JIYUN_LAB_SCRATCH": str(scratch)}
    return subprocess.Popen(
        [sys.executable, "-m", "lab.enter", "--", *command], env=environment, stdout=subprocess.PIPE, text=True
    )


def _run(scratch: Path, *command: str) -> tuple[int, str]:
    process = _enter(scratch, *command)
    out, _err = process.communicate(timeout=_WAIT_S)
    return process.returncode, out


def _members(namespace: str) -> list[str]:
    """Command lines of all processes in a pid namespace."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str((entry / "ns/pid").readlink()) == namespace:
                found.append((entry / "comm").read_text().strip())
        except OSError:
            continue  # it ended while we looked
    return found


def _groups() -> set[Path]:
    return {path for path in Path("/sys/fs/cgroup").glob("**/*") if path.is_dir() and "left-over" in path.name}


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A lab with a running guest and a network with DHCP, and the name of its pid namespace."""
    process = _enter(tmp_path, sys.executable, "-c", _BUSY)
    assert process.stdout is not None
    namespace = process.stdout.readline().strip()
    yield process, namespace
    process.kill()
    process.communicate(timeout=_WAIT_S)


def test_a_libvirt_of_its_own_answers(tmp_path: Path) -> None:
    status, out = _run(tmp_path, "sh", "-c", "echo $JIYUN_LAB; virsh -c qemu:///system -q list --all; ls /sys/class/net")
    assert (status, out.split()[:1]) == (0, ["1"])
    assert "eth0" not in out
    assert list(tmp_path.iterdir()) == []


def test_the_exit_status_is_the_command_s(tmp_path: Path) -> None:
    assert _run(tmp_path, "sh", "-c", "exit 7")[0] == 7
    assert _run(tmp_path, "sh", "-c", "kill -9 $$")[0] == 137


def test_wrong_usage_is_said(tmp_path: Path) -> None:
    assert subprocess.run([sys.executable, "-m", "lab.enter"], capture_output=True, check=False).returncode == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_it_is_killed(busy: tuple[subprocess.Popen[str], str], number: int, tmp_path: Path) -> None:
    process, namespace = busy
    running = _members(namespace)
    assert {"libvirtd", "virtlogd", "dnsmasq"} <= set(running)
    assert any(name.startswith("qemu-system") for name in running)

    process.send_signal(number)
    process.wait(timeout=_WAIT_S)

    deadline = time.monotonic() + _WAIT_S
    while (members := _members(namespace)) or any(tmp_path.iterdir()):
        assert time.monotonic() < deadline, (members, sorted(tmp_path.iterdir()))
        time.sleep(0.05)
    assert str(tmp_path) not in Path("/proc/self/mounts").read_text()
    assert not Path("/sys/class/net/leftover0").exists()
    assert _groups() == set()


def test_libvirtd_can_be_stopped_killed_and_started_while_the_guest_runs(tmp_path: Path) -> None:
    script = (
        "import libvirt\nfrom lab import daemons\n"
        f"libvirt.open(daemons.URI).createXML('''{_GUEST}''')\n"
        "daemons.stop_libvirtd(); daemons.start_libvirtd()\n"
        "daemons.kill_libvirtd(); daemons.start_libvirtd()\n"
        "print(libvirt.open(daemons.URI).lookupByName('left-over').isActive())\n"
    )
    assert _run(tmp_path, sys.executable, "-c", script) == (0, "1\n")


def test_daemons_of_the_machine_itself_are_not_touched() -> None:
    script = "import os; os.environ.pop('JIYUN_LAB', None)\nfrom lab import daemons\ndaemons.kill_libvirtd()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "not inside the lab" in done.stderr

"""A connection that breaks, and the console on a real terminal, against a real guest."""

import contextlib
import os
import pty
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from jiyun.errors import JiyunError
from provisioners.libvirt_host import open_host
from provisioners.libvirt_host.kvm import boot_sector
from provisioners.protocol import Provisioner
from provisioners.spec import HostSpec, ImagePart, ImageSpec, MachineSpec, PoolSpec
from tests.provisioners import machines

pytestmark = pytest.mark.hypervisor

SOCKET = "/run/libvirt/libvirt-sock"


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


def test_a_connection_that_breaks_is_an_unreachable_host(tmp_path: Path) -> None:
    path = tmp_path / "proxy"
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as daemon:
        server.bind(str(path))
        server.listen()
        daemon.connect(SOCKET)
        ends: list[socket.socket] = []

        def serve() -> None:
            client, _ = server.accept()
            ends.append(client)
            threading.Thread(target=_pump, args=(daemon, client), daemon=True).start()
            _pump(client, daemon)

        threading.Thread(target=serve, daemon=True).start()
        with open_host(HostSpec("h1", f"qemu+unix:///system?socket={path}")) as host:
            host.found(())
            ends[0].shutdown(socket.SHUT_RDWR)
            with pytest.raises(JiyunError) as caught:
                host.found(())
            assert caught.value.code == "host.unreachable", caught.value


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[tuple[Provisioner, MachineSpec]]:
    """A guest that runs and does nothing."""
    content = boot_sector().ljust(64 * 1024, b"\0")
    part = ImagePart("root", sha256(content).hexdigest(), len(content), "raw")
    (tmp_path / "image").write_bytes(content)
    pool = PoolSpec("jy-console", str(tmp_path / "pool"))
    machine = machines.machine(9, ImageSpec("test", "disk", "0" * 64, (part,), 16), pool=pool)
    with open_host(machines.HOST) as host:
        host.ensure_pool(pool)
        host.ensure_image_part(pool, part, tmp_path / "image")
        host.ensure_segment(machine.port.segment)
        host.ensure_reservation(machine.port, machine.hostname)
        host.ensure_volume(machine.root, part)
        host.ensure_seed(machine, b"seed" * 512)
        host.ensure_defined(machine)
        host.ensure_running(machine)
        yield host, machine
        host.remove_domain(machine)
        host.remove_guard(machine.port)
        host.remove_seed(machine)
        host.remove_volume(machine.root, "unlink")
        host.remove_image_part(pool, part)
        host.remove_pool(pool)
        host.remove_reservation(machine.port)
        host.remove_segment(machine.port.segment)


PROGRAM = """
import sys
from provisioners.libvirt_host import open_host
from tests.provisioners.libvirt_host.test_console import machine_at
machine = machine_at(sys.argv[1])
with open_host(machine.host) as host:
    print("ATTACH", flush=True)
    host.console(machine)
    print("LEFT", flush=True)
"""


def machine_at(folder: str) -> MachineSpec:
    """The guest's spec again, in the program that attaches to it."""
    return machines.machine(9, machines.image("disk"), pool=PoolSpec("jy-console", folder))


def _until(terminal: int, text: bytes, seconds: float = 30.0) -> None:
    seen, deadline = b"", time.monotonic() + seconds
    while text not in seen:
        assert time.monotonic() < deadline, seen
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 4096)


def test_console_starts_and_leaves_by_the_escape_key(guest: tuple[Provisioner, MachineSpec]) -> None:
    _host, machine = guest
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", PROGRAM, machine.root.pool.path])
    _until(terminal, b"ATTACH")
    time.sleep(1)
    os.write(terminal, b"\r\n\x1d")
    _until(terminal, b"LEFT")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)


def test_without_a_terminal_the_console_refuses(guest: tuple[Provisioner, MachineSpec]) -> None:
    host, machine = guest
    with pytest.raises(JiyunError, match="needs a terminal"):
        host.console(machine)
    assert host.stats((machine,))[machine.id].cpu_seconds is not None
    assert host.ensure_off(machine, 1)
    assert host.stats((machine,)) == {}

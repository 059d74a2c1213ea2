"""A real sshd on loopback, started by a test on a port and with a host key of its own, and a machine that points at it."""

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from provisioners.hostkeys import KeyPair, LoginKey
from provisioners.spec import HostSpec, ImageSpec, MachineSpec, PoolSpec, PortSpec, SegmentSpec, VolumeSpec

PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"


def machine_at(
    address: str = "10.77.0.10",
    host_key: str = PUBLIC,
    login: str = "",
    keys: tuple[str, ...] = (PUBLIC,),
    *,
    data: bool = True,
    ipv6: bool = True,
) -> MachineSpec:
    """A machine with fixed ids; ``login`` is the account of the person who runs the tests unless it is given."""
    pool = PoolSpec("jy-pool", "/var/lib/jiyun/pool")
    segment = SegmentSpec("seg-1", "6f1d0c5e-0000-5000-8000-000000000001", "jy-seg", "jybseg1", "10.77.0.0/24", "10.77.0.1")
    port = PortSpec(segment, "52:54:00:12:34:56", "jyt0001", address)
    if ipv6:
        fields = {"ipv6_cidr": "fd77::/64", "ipv6_gateway": "fd77::1"}
        segment = SegmentSpec("seg-1", segment.uuid, "jy-seg", "jybseg1", "10.77.0.0/24", "10.77.0.1", **fields)
        port = PortSpec(segment, "52:54:00:12:34:56", "jyt0001", address, "fd77::10", "fe80::5054:ff:fe12:3456")
    volumes = [VolumeSpec("vol-1", "jy-m1-root.qcow2", pool, "root", 2048, "jyroot0001")]
    if data:
        volumes.append(VolumeSpec("vol-2", "jy-m1-data.qcow2", pool, "data", 1024, "jydata0001"))
    return MachineSpec(
        id="m-1",
        uuid="6f1d0c5e-0000-5000-8000-0000000000aa",
        name="jy-m1",
        hostname="app-1",
        host=HostSpec("host-1", "qemu:///system"),
        virt_type="qemu",
        vcpus=1,
        memory_mib=512,
        image=ImageSpec("debian-12", "debian", "0" * 64, (), 1024),
        volumes=tuple(volumes),
        port=port,
        host_key=host_key,
        login=login or getpass.getuser(),
        authorized_keys=keys,
        store="6f1d0c5e-0000-5000-8000-0000000000bb",
        order="o-1",
    )


def free_port() -> int:
    """A TCP port of 127.0.0.1 on which nothing listens now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def sshd(folder: Path, host: KeyPair, login: LoginKey, port: int = 0) -> Iterator[int]:
    """Run sshd with the host key ``host`` for one login key; gives its port, a free one unless ``port`` is given."""
    folder.mkdir(mode=0o700)
    port = port or free_port()
    (folder / "host").write_text(host.private)
    (folder / "host").chmod(0o600)
    (folder / "authorized").write_text(login.line + "\n")
    settings = {
        "ListenAddress": "127.0.0.1",
        "Port": port,
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized",
        "PidFile": "none",
        "UsePAM": "no",
        "StrictModes": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
        "MaxStartups": 50,
    }
    (folder / "config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    program = shutil.which("sshd", path="/usr/sbin:/usr/bin")
    assert program, "install openssh-server: the tests need its sshd"
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd as root does not start without it
    argv = [program, "-D", "-e", "-f", str(folder / "config")]
    with (folder / "log").open("w") as log, subprocess.Popen(argv, stderr=log) as process:
        try:
            _await_port(port, process)
            yield port
        finally:
            process.terminate()


def _await_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("sshd did not start")

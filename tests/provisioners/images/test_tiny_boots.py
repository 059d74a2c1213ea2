"""The tiny guest on a real hypervisor: it boots, shows the host key it was given, and does what its seed says."""

import base64
import io
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import libvirt
import paramiko
import pycdlib
import pytest
from lxml import etree
from lxml.builder import E

from provisioners.hostkeys import KeyPair, host_key
from provisioners.images.cache import ImageCache
from provisioners.images.tools import run
from provisioners.spec import ImageSpec

pytestmark = pytest.mark.hypervisor

_ADDRESS, _MAC, _LOGIN = "10.91.0.10", "52:54:00:91:00:10", "keeper"
_HOST_KEY, _LOGIN_KEY = host_key(b"h" * 32, "tiny-boot-host"), host_key(b"l" * 32, "tiny-boot-login")
_UP_S = 240.0  # under software emulation on a busy machine; about 7 s on an idle one


class Guest:
    """One tiny guest with a data volume, and its serial log."""

    def __init__(self, domain: libvirt.virDomain, serial: Path) -> None:
        self.domain = domain
        self.serial = serial

    def connect(self) -> paramiko.SSHClient:
        """An SSH session; only the host key of the seed is accepted."""
        client = paramiko.SSHClient()
        public = paramiko.Ed25519Key(data=base64.b64decode(_HOST_KEY.public.split()[1]))
        client.get_host_keys().add(_ADDRESS, "ssh-ed25519", public)
        key = paramiko.Ed25519Key.from_private_key(io.StringIO(_LOGIN_KEY.private))
        client.connect(_ADDRESS, username=_LOGIN, pkey=key, timeout=5, allow_agent=False, look_for_keys=False)
        return client

    def says(self, command: str) -> str:
        """Standard output of a command that must succeed."""
        client = _soon(self.connect)
        try:
            _in, out, err = client.exec_command(command, timeout=30)
            text = out.read().decode()
            assert out.channel.recv_exit_status() == 0, err.read().decode()
            return text
        finally:
            client.close()


def _soon(attempt: Callable[[], paramiko.SSHClient]) -> paramiko.SSHClient:
    deadline = time.monotonic() + _UP_S
    while True:
        try:
            return attempt()
        except (OSError, EOFError) as error:
            assert time.monotonic() < deadline, f"no SSH within {_UP_S} s: {error}"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def guest(tiny_image: ImageSpec, image_cache: ImageCache, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    work = tmp_path_factory.mktemp("tiny")
    connection = libvirt.open("qemu:///system")
    network = connection.networkDefineXML(_network())
    domain: libvirt.virDomain | None = None
    try:
        network.create()
        for name, size in (("root", "16M"), ("data", "64M")):
            run(["qemu-img", "create", "-q", "-f", "qcow2", work / f"{name}.qcow2", size], timeout=60)
        _write_seed(work / "seed.iso", _LOGIN_KEY)
        domain = connection.defineXML(_domain(tiny_image, image_cache, work))
        domain.create()
        yield Guest(domain, work / "serial.log")
    finally:
        if domain is not None:
            with suppress(libvirt.libvirtError):  # it has powered off
                domain.destroy()
            domain.undefine()
        network.destroy()
        network.undefine()
        connection.close()


def test_login_with_the_given_key_on_the_given_host_key(guest: Guest) -> None:
    assert guest.says("id -un; id -u; hostname; cat /proc/uptime").split()[:3] == [_LOGIN, "1000", "tiny-one"]


def test_the_account_may_become_root_and_root_has_no_other_way_in(guest: Guest) -> None:
    assert guest.says("sudo -n sh -c 'id -u; echo \"$1\"' name 'two words'").splitlines() == ["0", "two words"]
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    with pytest.raises(paramiko.AuthenticationException):
        client.connect(_ADDRESS, username="root", password="", timeout=5, allow_agent=False, look_for_keys=False)


def test_the_blank_data_volume_is_formatted_and_mounted(guest: Guest) -> None:
    assert guest.says("echo kept > /data/note; sync; grep ' /data ' /proc/mounts").split()[:3] == ["/dev/vdb", "/data", "ext4"]


def test_the_static_ipv6_address_is_on_the_port(guest: Guest) -> None:
    assert "fd91::10/64" in guest.says("ip -6 addr show dev eth0")
    assert "default via fd91::1 dev eth0" in guest.says("ip -6 route")


def test_reboot_keeps_the_data_volume(guest: Guest) -> None:
    guest.says("sudo sh -c '(sleep 1; reboot) > /dev/null 2>&1 &'")
    deadline = time.monotonic() + _UP_S
    while guest.serial.read_text(errors="replace").count("jiyun-tiny ready") < 2:
        assert time.monotonic() < deadline, guest.serial.read_text(errors="replace")
        time.sleep(0.2)
    assert guest.says("cat /data/note") == "kept\n"


def test_the_power_button_ends_it(guest: Guest) -> None:
    guest.says("true")  # up, so that something listens to the button
    guest.domain.shutdownFlags(libvirt.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN)
    deadline = time.monotonic() + _UP_S
    while guest.domain.isActive():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _write_seed(target: Path, login: KeyPair) -> None:
    files = {
        "hostname": "tiny-one\n",
        "login": f"{_LOGIN}\n",
        "authorized_keys": f"{login.public}\n",
        "ssh_host_ed25519_key": _HOST_KEY.private,
        "data_serial": "tiny-data\n",
        "ipv6": "fd91::10/64 fd91::1\n",
    }
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, rock_ridge="1.09", vol_ident="cidata")
    iso.add_directory("/JIYUN", rr_name="jiyun")
    for number, (name, text) in enumerate(files.items()):
        iso.add_fp(io.BytesIO(text.encode()), len(text.encode()), f"/JIYUN/F{number}.;1", rr_name=name)
    iso.write(str(target))
    iso.close()


def _network() -> str:
    dhcp = E.dhcp(E.range(start="10.91.0.100", end="10.91.0.120"), E.host(mac=_MAC, ip=_ADDRESS))
    return _text(E.network(E.name("tiny-boot"), E.bridge(name="tinyboot0"), E.ip(dhcp, address="10.91.0.1", prefix="24")))


def _domain(image: ImageSpec, cache: ImageCache, work: Path) -> str:
    boot = {part.role: str(cache.path(part)) for part in image.parts}
    return _text(
        E.domain(
            E.name("tiny-boot"),
            E.uuid(str(uuid.uuid4())),
            E.memory("96", unit="MiB"),
            E.vcpu("1"),
            E.os(E.type("hvm", machine="pc"), E.kernel(boot["kernel"]), E.initrd(boot["initrd"]), E.cmdline(image.cmdline)),
            E.features(E.acpi(), E.apic()),
            E.devices(
                _disk("qcow2", work / "root.qcow2", "vda", "tiny-root"),
                _disk("qcow2", work / "data.qcow2", "vdb", "tiny-data"),
                _disk("raw", work / "seed.iso", "vdc", "tiny-seed"),
                E.interface(E.mac(address=_MAC), E.source(network="tiny-boot"), E.model(type="virtio"), type="network"),
                E.serial(E.source(path=str(work / "serial.log")), type="file"),
            ),
            type="qemu",
        )
    )


def _disk(form: str, file: Path, target: str, serial: str) -> etree._Element:
    parts = [E.driver(name="qemu", type=form), E.source(file=str(file)), E.target(dev=target, bus="virtio"), E.serial(serial)]
    disk: etree._Element = E.disk(*parts, *([E.readonly()] if form == "raw" else []), type="file", device="disk")
    return disk


def _text(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode")

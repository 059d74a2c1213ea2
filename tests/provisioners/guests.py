"""Real guests for tests: specs on one segment, and a context manager that boots one and takes everything away again."""

import contextlib
from collections.abc import Iterator
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from provisioners.hostkeys import LoginKey, host_key
from provisioners.seed import seed_iso
from provisioners.spec import HostSpec, ImageSpec, MachineSpec, PoolSpec, PortSpec, SegmentSpec, VolumeSpec

if TYPE_CHECKING:
    from provisioners.images.cache import ImageCache
    from provisioners.libvirt_host.host import LibvirtHost

SECRET = bytes(range(32))
HOST = HostSpec("lab", "qemu:///system")
STORE = "6f1d0c5e-0000-5000-8000-0000000000bb"
SEGMENT = SegmentSpec(
    id="guests",
    uuid="6f1d0c5e-0000-5000-8000-000000000777",
    network="jy-guests",
    bridge="jybguests",
    ipv4_cidr="10.77.7.0/24",
    ipv4_gateway="10.77.7.1",
    ipv6_cidr="fd77:7::/64",
    ipv6_gateway="fd77:7::1",
)


def guest(number: int, image: ImageSpec, pool: PoolSpec, login: LoginKey, memory_mib: int, data_mib: int = 0) -> MachineSpec:
    """Guest ``number`` (2 to 99) on :data:`SEGMENT`; a data volume where ``data_mib`` is given."""
    name = f"jy-guest-{number}"
    mac = f"52:54:00:77:07:{number:02x}"
    volumes = [VolumeSpec(f"root-{number}", f"{name}-root.qcow2", pool, "root", max(64, image.virtual_mib), f"jyroot{number}")]
    if data_mib:
        volumes.append(VolumeSpec(f"data-{number}", f"{name}-data.qcow2", pool, "data", data_mib, f"jydata{number}"))
    return MachineSpec(
        id=f"guest-{number}",
        uuid=f"6f1d0c5e-0000-5000-8000-0000000007{number:02d}",
        name=name,
        hostname=f"guest-{number}",
        host=HOST,
        virt_type="qemu",
        vcpus=1,
        memory_mib=memory_mib,
        image=image,
        volumes=tuple(volumes),
        port=PortSpec(SEGMENT, mac, f"jytguest{number}", f"10.77.7.{number}", f"fd77:7::{number:x}", link_local(mac)),
        host_key=host_key(SECRET, f"guest-{number}").public,
        login="gov",
        authorized_keys=(login.line,),
        store=STORE,
        order="order",
    )


def link_local(mac: str) -> str:
    """The EUI-64 link-local address of a MAC."""
    raw = bytes.fromhex(mac.replace(":", ""))
    return str(IPv6Address(b"\xfe\x80" + bytes(6) + bytes([raw[0] ^ 2]) + raw[1:3] + b"\xff\xfe" + raw[3:]))


@contextlib.contextmanager
def running(host: "LibvirtHost", machine: MachineSpec, cache: "ImageCache") -> Iterator[MachineSpec]:
    """Make and start the guest on its segment; everything of it is removed at the end, the segment and pool stay."""
    pool, port, image = machine.root.pool, machine.port, machine.image
    host.ensure_pool(pool)
    for part in image.parts:
        host.ensure_image_part(pool, part, cache.path(part))
    host.ensure_segment(port.segment)
    try:
        host.ensure_reservation(port, machine.hostname)
        host.ensure_guard(port)
        for volume in machine.volumes:
            host.ensure_volume(volume, image.part("root") if volume.role == "root" else None)
        host.ensure_seed(machine, seed_iso(machine, host_key(SECRET, machine.id).private))
        host.ensure_defined(machine)
        host.ensure_running(machine)
        yield machine
    finally:
        host.remove_domain(machine)
        host.remove_seed(machine)
        for volume in machine.volumes:
            host.remove_volume(volume, "unlink")
        host.remove_guard(port)
        host.remove_reservation(port)

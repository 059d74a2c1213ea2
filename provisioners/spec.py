"""What is to exist, as frozen values.  An approved plan is made of these; the drivers turn them into reality.

Sizes are MiB, addresses are text without prefix length unless the field says ``cidr``.  Every name and id is
final: it was derived when the plan was fixed, so any step can be repeated without a second effect.
"""

from dataclasses import dataclass
from typing import Literal

VirtType = Literal["kvm", "qemu"]
ImageKind = Literal["debian", "disk", "tiny"]
PartRole = Literal["root", "kernel", "initrd"]
WipeMethod = Literal["unlink", "zero"]


@dataclass(frozen=True, slots=True)
class HostSpec:
    """How to reach a hypervisor: ``uri`` is libvirt's, for example ``qemu:///system``."""

    name: str
    uri: str


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """A directory storage pool of a host; ``name`` is libvirt's pool name, ``path`` its directory."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """One file of an image.  ``format`` is ``qcow2`` or ``raw``; the kernel and initrd are ``raw``."""

    role: PartRole
    sha256: str
    size_bytes: int
    format: Literal["qcow2", "raw"]

    @property
    def volume(self) -> str:
        """Name of the volume that holds this part in any pool: content decides it."""
        return f"jy-img-{self.sha256[:20]}.{self.format}"


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """An immutable image.  ``debian`` and ``tiny`` boot their kernel directly with ``cmdline``; ``disk`` boots by BIOS.

    ``digest`` is the SHA-256 over the canonical list of parts.  ``virtual_mib`` is the least size of a root volume.
    A ``tiny`` guest lives in its initrd and has no ``root`` part: its root volume is an empty disk.
    """

    name: str
    kind: ImageKind
    digest: str
    parts: tuple[ImagePart, ...]
    virtual_mib: int
    cmdline: str = ""

    def part(self, role: PartRole) -> ImagePart | None:
        return next((part for part in self.parts if part.role == role), None)


@dataclass(frozen=True, slots=True)
class SegmentSpec:
    """A network segment of one department in one cloud, on a host: a libvirt network with a bridge of its own."""

    id: str
    uuid: str
    network: str
    bridge: str  # at most 15 characters, starts with "jyb"
    ipv4_cidr: str
    ipv4_gateway: str
    ipv6_cidr: str = ""  # empty: the segment is IPv4 only
    ipv6_gateway: str = ""


@dataclass(frozen=True, slots=True)
class PortSpec:
    """The one network port of a machine.  ``tap`` is the host's interface name (at most 15 characters, "jyt…")."""

    segment: SegmentSpec
    mac: str
    tap: str
    ipv4: str
    ipv6: str = ""
    ipv6_link_local: str = ""  # EUI-64 of the MAC


@dataclass(frozen=True, slots=True)
class VolumeSpec:
    """A disk.  ``name`` is the libvirt volume name, ``serial`` (20 characters at most) is what the guest sees."""

    id: str
    name: str
    pool: PoolSpec
    role: Literal["root", "data"]
    size_mib: int
    serial: str


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """One virtual machine, complete: the domain XML is a pure function of this value."""

    id: str
    uuid: str
    name: str  # libvirt domain name
    hostname: str
    host: HostSpec
    virt_type: VirtType
    vcpus: int
    memory_mib: int
    image: ImageSpec
    volumes: tuple[VolumeSpec, ...]  # the root volume first
    port: PortSpec
    host_key: str  # public part, "ssh-ed25519 AAAA…": known before the guest exists
    login: str  # the account that Jiyun and the department log in with
    authorized_keys: tuple[str, ...]
    store: str  # id of the Jiyun store that owns it
    order: str

    @property
    def root(self) -> VolumeSpec:
        return self.volumes[0]

    @property
    def seed_volume(self) -> str:
        """Name of the NoCloud seed volume beside the root volume."""
        return f"{self.name}-seed.raw"

    @property
    def serial_log(self) -> str:
        """Path on the host of the kept serial log: libvirt's log daemon writes it."""
        return f"/var/log/libvirt/qemu/{self.name}-serial.log"

"""The one interface to a host.  ``libvirt`` is the real driver; ``memory`` serves unit tests only.

Every ``ensure_…`` looks first, creates if absent, checks that what it found is ours, and returns whether it
created anything.  Every ``remove_…`` is silent about what is already gone and returns whether it removed anything.
A thing that stands under our name but is not ours is never touched: ``provision.not-ours``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from provisioners.spec import ImagePart, MachineSpec, PoolSpec, PortSpec, SegmentSpec, VirtType, VolumeSpec, WipeMethod

PowerState = Literal["absent", "off", "running", "paused", "crashed", "other"]
Bytes = Callable[[int, int], None]  # done, total


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What a probe saw.  ``virt_type`` is what was proven to run a guest, never only what was advertised."""

    hypervisor: str  # for example "QEMU 7.2.22, libvirt 9.0.0"
    architecture: str
    cpus: int
    memory_mib: int
    virt_type: VirtType
    kvm_verdict: str  # one sentence: why KVM is or is not used


@dataclass(frozen=True, slots=True)
class PoolFacts:
    name: str
    capacity_mib: int
    available_mib: int


@dataclass(frozen=True, slots=True)
class MachineStats:
    """Measured use since the guest started; None where the host has no figure: no data is not zero."""

    cpu_seconds: int | None
    memory_rss_mib: int | None
    disk_read_bytes: int | None
    disk_written_bytes: int | None
    net_received_bytes: int | None
    net_sent_bytes: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What of ours exists on a host, by name, for ``doctor``.  ``owners`` maps a domain name to its store id."""

    domains: dict[str, PowerState] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    volumes: dict[str, set[str]] = field(default_factory=dict)  # pool name -> volume names starting "jy-"
    networks: set[str] = field(default_factory=set)  # names starting "jy-"
    reservations: dict[str, set[str]] = field(default_factory=dict)  # network name -> MAC addresses
    guarded_taps: set[str] = field(default_factory=set)


class Provisioner(Protocol):
    """One open connection to one host; a context manager."""

    def __enter__(self) -> "Provisioner": ...
    def __exit__(self, *_: object) -> None: ...

    def probe(self, wanted: Literal["auto", "kvm", "qemu"]) -> HostFacts: ...
    def ensure_pool(self, pool: PoolSpec) -> bool: ...
    def remove_pool(self, pool: PoolSpec) -> bool: ...  # refused while it holds a volume; the directory stays
    def pool_facts(self, pool: PoolSpec) -> PoolFacts: ...
    def ensure_image_part(self, pool: PoolSpec, part: ImagePart, source: Path, progress: Bytes | None = None) -> bool: ...
    def remove_image_part(self, pool: PoolSpec, part: ImagePart) -> bool: ...

    def ensure_segment(self, segment: SegmentSpec) -> bool: ...
    def remove_segment(self, segment: SegmentSpec) -> bool: ...
    def ensure_reservation(self, port: PortSpec, hostname: str) -> bool: ...
    def remove_reservation(self, port: PortSpec) -> bool: ...
    def ensure_guard(self, port: PortSpec) -> bool: ...
    def remove_guard(self, port: PortSpec) -> bool: ...

    def ensure_volume(self, volume: VolumeSpec, backing: ImagePart | None) -> bool: ...
    def remove_volume(self, volume: VolumeSpec, wipe: WipeMethod) -> bool: ...
    def ensure_seed(self, machine: MachineSpec, content: bytes) -> bool: ...
    def remove_seed(self, machine: MachineSpec) -> bool: ...

    def ensure_defined(self, machine: MachineSpec) -> bool: ...
    def ensure_running(self, machine: MachineSpec) -> bool: ...
    def ensure_off(self, machine: MachineSpec, grace_seconds: int) -> bool: ...
    def reboot(self, machine: MachineSpec) -> None: ...
    def remove_domain(self, machine: MachineSpec) -> bool: ...
    def power(self, machine: MachineSpec) -> PowerState: ...
    def stats(self, machines: tuple[MachineSpec, ...]) -> dict[str, MachineStats]: ...  # by machine id; only what runs
    def console(self, machine: MachineSpec) -> None: ...
    def serial_tail(self, machine: MachineSpec, lines: int) -> str: ...

    def found(self, pools: tuple[PoolSpec, ...]) -> Found: ...

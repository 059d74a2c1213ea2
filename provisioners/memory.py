"""A host in memory that obeys the Protocol: for unit tests of workflows, never for a real order.

Two :class:`MemoryHost` of the same name and :class:`Datacentre` see the same things, as two connections would.
``fail_on`` injects failures: ``"ensure_volume"`` fails always, ``("ensure_volume", 2)`` fails its second call only.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from provisioners.images.cache import sha256_of
from provisioners.problems import CHECKSUM, IMAGE_GONE, LIBVIRT_FAILED, NOT_OURS
from provisioners.protocol import Bytes, Found, HostFacts, MachineStats, PoolFacts, PowerState
from provisioners.spec import HostSpec, ImagePart, MachineSpec, PoolSpec, PortSpec, SegmentSpec, VolumeSpec, WipeMethod

Failure = str | tuple[str, int]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_CAPACITY_MIB = 100 * 1024


@dataclass(slots=True)
class Domain:
    """A domain as it stands on a host; ``owner`` is (machine id, store id), empty for somebody else's."""

    uuid: str
    owner: tuple[str, str]
    power: PowerState = "off"


@dataclass(slots=True)
class State:
    """Everything that exists on one host.  A test may put foreign things in here."""

    pools: dict[str, str] = field(default_factory=dict)  # name -> path
    volumes: dict[tuple[str, str], object] = field(default_factory=dict)  # (pool, name) -> what identifies the content
    networks: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # name -> (uuid, id, bridge)
    reservations: dict[str, dict[str, str]] = field(default_factory=dict)  # network -> MAC -> address
    guards: dict[str, PortSpec] = field(default_factory=dict)  # tap -> port
    domains: dict[str, Domain] = field(default_factory=dict)
    wiped: list[tuple[str, WipeMethod]] = field(default_factory=list)  # volumes removed, in order


@dataclass(slots=True)
class Datacentre:
    """The hosts of one test, by name, and what was asked of them."""

    hosts: dict[str, State] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    fail_on: set[Failure] = field(default_factory=set)

    def open_host(self, host: HostSpec) -> "MemoryHost":
        """A connection, in the shape of ``libvirt_host.open_host``."""
        return MemoryHost(host, self)


class MemoryHost:
    """One connection to a host in memory."""

    def __init__(self, host: HostSpec, datacentre: Datacentre) -> None:
        self._host = host
        self._datacentre = datacentre
        self.state = datacentre.hosts.setdefault(host.name, State())

    def __enter__(self) -> "MemoryHost":
        return self

    def __exit__(self, *_: object) -> None: ...

    def probe(self, wanted: Literal["auto", "kvm", "qemu"]) -> HostFacts:
        self._called("probe")
        return HostFacts("memory", "x86_64", 8, 16384, "kvm" if wanted == "kvm" else "qemu", "Nothing runs here.")

    def ensure_pool(self, pool: PoolSpec) -> bool:
        self._called("ensure_pool")
        return self._ensure(self.state.pools, pool.name, pool.path, "pool")

    def remove_pool(self, pool: PoolSpec) -> bool:
        self._called("remove_pool")
        if pool.name not in self.state.pools:
            return False
        self._same(self.state.pools[pool.name], pool.path, "pool", pool.name)
        held = [name for holder, name in self.state.volumes if holder == pool.name]
        if held:
            raise self._refused(f"remove pool {pool.name}", f"it still holds {held[0]}")
        del self.state.pools[pool.name]
        return True

    def pool_facts(self, pool: PoolSpec) -> PoolFacts:
        self._called("pool_facts")
        self._need_pool(pool)
        return PoolFacts(pool.name, _CAPACITY_MIB, _CAPACITY_MIB)

    def ensure_image_part(self, pool: PoolSpec, part: ImagePart, source: Path, progress: Bytes | None = None) -> bool:
        self._called("ensure_image_part")
        self._need_pool(pool)
        if (pool.name, part.volume) not in self.state.volumes:
            if not source.is_file():
                raise IMAGE_GONE(role=part.role, file=source)
            if (actual := sha256_of(source)) != part.sha256:
                raise CHECKSUM(file=str(source), actual=actual, expected=part.sha256)
        created = self._ensure(self.state.volumes, (pool.name, part.volume), part.size_bytes, "image file")
        if created and progress is not None:
            progress(part.size_bytes, part.size_bytes)
        return created

    def remove_image_part(self, pool: PoolSpec, part: ImagePart) -> bool:
        self._called("remove_image_part")
        self._need_pool(pool)
        for (holder, name), content in self.state.volumes.items():
            if holder == pool.name and isinstance(content, tuple) and content[1] == part.volume:
                raise self._refused(f"remove {part.volume}", f"disk {name} is built on it")
        return self.state.volumes.pop((pool.name, part.volume), None) is not None

    def ensure_volume(self, volume: VolumeSpec, backing: ImagePart | None) -> bool:
        self._called("ensure_volume")
        self._need_pool(volume.pool)
        below = "" if backing is None else backing.volume
        if below and (volume.pool.name, below) not in self.state.volumes:
            raise self._refused(f"create disk {volume.name}", f"image file {below} is not there")
        return self._ensure(self.state.volumes, (volume.pool.name, volume.name), (volume.size_mib, below), "volume")

    def remove_volume(self, volume: VolumeSpec, wipe: WipeMethod) -> bool:
        self._called("remove_volume")
        self._need_pool(volume.pool)
        found = self.state.volumes.get((volume.pool.name, volume.name))
        if found is None:
            return False
        self._same(found[0] if isinstance(found, tuple) else None, volume.size_mib, "volume", volume.name)
        del self.state.volumes[volume.pool.name, volume.name]
        self.state.wiped.append((volume.name, wipe))
        return True

    def ensure_seed(self, machine: MachineSpec, content: bytes) -> bool:
        self._called("ensure_seed")
        self._need_pool(machine.root.pool)
        return self._ensure(self.state.volumes, (machine.root.pool.name, machine.seed_volume), content, "seed")

    def remove_seed(self, machine: MachineSpec) -> bool:
        self._called("remove_seed")
        self._need_pool(machine.root.pool)
        return self.state.volumes.pop((machine.root.pool.name, machine.seed_volume), None) is not None

    def ensure_segment(self, segment: SegmentSpec) -> bool:
        self._called("ensure_segment")
        self.state.reservations.setdefault(segment.network, {})
        return self._ensure(self.state.networks, segment.network, (segment.uuid, segment.id, segment.bridge), "network")

    def remove_segment(self, segment: SegmentSpec) -> bool:
        self._called("remove_segment")
        if segment.network not in self.state.networks:
            return False
        self._same(self.state.networks[segment.network], (segment.uuid, segment.id, segment.bridge), "network", segment.network)
        del self.state.networks[segment.network]
        self.state.reservations.pop(segment.network, None)
        return True

    def ensure_reservation(self, port: PortSpec, hostname: str) -> bool:
        self._called("ensure_reservation")
        if port.segment.network not in self.state.networks:
            raise self._refused(f"reserve {port.ipv4}", f"segment {port.segment.network} is not there")
        standing = self.state.reservations[port.segment.network]
        if standing.get(port.mac) == port.ipv4:
            return False
        if port.mac in standing or port.ipv4 in standing.values():
            raise NOT_OURS(what="DHCP reservation", name=port.ipv4, host=self._host.name)
        standing[port.mac] = port.ipv4
        return True

    def remove_reservation(self, port: PortSpec) -> bool:
        self._called("remove_reservation")
        standing = self.state.reservations.get(port.segment.network, {})
        if standing.get(port.mac) != port.ipv4:
            return False
        del standing[port.mac]
        return True

    def ensure_guard(self, port: PortSpec) -> bool:
        self._called("ensure_guard")
        return self._guard(port)

    def remove_guard(self, port: PortSpec) -> bool:
        self._called("remove_guard")
        return self.state.guards.pop(port.tap, None) is not None

    def ensure_defined(self, machine: MachineSpec) -> bool:
        self._called("ensure_defined")
        if self._domain(machine) is not None:
            return False
        for name, domain in self.state.domains.items():
            if domain.uuid == machine.uuid:
                raise NOT_OURS(what="domain", name=name, host=self._host.name)
        kernel = [part.volume for part in machine.image.parts if part.role != "root"]
        for name in (*(volume.name for volume in machine.volumes), machine.seed_volume, *kernel):
            if not any(held == name for _pool, held in self.state.volumes):
                raise self._refused(f"define {machine.name}", f"volume {name} is not there")
        self.state.domains[machine.name] = Domain(machine.uuid, (machine.id, machine.store))
        return True

    def ensure_running(self, machine: MachineSpec) -> bool:
        self._called("ensure_running")
        self._guard(machine.port)
        return self._switch(self._defined(machine, "start"), "running")

    def ensure_off(self, machine: MachineSpec, grace_seconds: int) -> bool:
        self._called("ensure_off")
        domain = self._domain(machine)
        return domain is not None and self._switch(domain, "off")

    def reboot(self, machine: MachineSpec) -> None:
        self._called("reboot")
        if self._defined(machine, "reboot").power != "running":
            raise self._refused(f"reboot {machine.name}", "it is not running")

    def remove_domain(self, machine: MachineSpec) -> bool:
        self._called("remove_domain")
        if self._domain(machine) is None:
            return False
        del self.state.domains[machine.name]
        return True

    def power(self, machine: MachineSpec) -> PowerState:
        self._called("power")
        domain = self._domain(machine)
        return "absent" if domain is None else domain.power

    def stats(self, machines: tuple[MachineSpec, ...]) -> dict[str, MachineStats]:
        self._called("stats")
        running = {domain.uuid for domain in self.state.domains.values() if domain.power == "running"}
        return {machine.id: MachineStats(0, None, 0, 0, 0, 0) for machine in machines if machine.uuid in running}

    def console(self, machine: MachineSpec) -> None:
        self._called("console")
        self._defined(machine, "open the console of")

    def serial_tail(self, machine: MachineSpec, lines: int) -> str:
        self._called("serial_tail")
        return ""

    def found(self, pools: tuple[PoolSpec, ...]) -> Found:
        self._called("found")
        ours = {name: domain for name, domain in self.state.domains.items() if domain.owner[0]}
        return Found(
            domains={name: domain.power for name, domain in ours.items()},
            owners={name: domain.owner[1] for name, domain in ours.items()},
            volumes={
                pool.name: {name for holder, name in self.state.volumes if holder == pool.name and name.startswith("jy-")}
                for pool in pools
                if pool.name in self.state.pools
            },
            networks={name for name in self.state.networks if name.startswith("jy-")},
            reservations={name: set(macs) for name, macs in self.state.reservations.items() if name.startswith("jy-")},
            guarded_taps=set(self.state.guards),
        )

    def _called(self, method: str) -> None:
        """Count the call and fail it where the test asked for that."""
        self._datacentre.calls[method] += 1
        if {method, (method, self._datacentre.calls[method])} & self._datacentre.fail_on:
            raise self._refused(method, "the test asked for this failure")

    def _refused(self, action: str, reason: str) -> Exception:
        return LIBVIRT_FAILED(host=self._host.name, action=action, reason=reason)

    def _need_pool(self, pool: PoolSpec) -> None:
        if pool.name not in self.state.pools:
            raise self._refused(f"use pool {pool.name}", f"pool {pool.name} is not there")
        self._same(self.state.pools[pool.name], pool.path, "pool", pool.name)

    def _same(self, found: object, wanted: object, what: str, name: str) -> None:
        if found != wanted:
            raise NOT_OURS(what=what, name=name, host=self._host.name)

    def _ensure(self, holder: dict[_Key, _Value], key: _Key, wanted: _Value, what: str) -> bool:
        if key not in holder:
            holder[key] = wanted
            return True
        self._same(holder[key], wanted, what, str(key[-1] if isinstance(key, tuple) else key))
        return False

    def _guard(self, port: PortSpec) -> bool:
        if self.state.guards.get(port.tap) == port:
            return False
        self.state.guards[port.tap] = port
        return True

    def _domain(self, machine: MachineSpec) -> Domain | None:
        domain = self.state.domains.get(machine.name)
        if domain is not None:
            self._same(domain.owner, (machine.id, machine.store), "domain", machine.name)
        return domain

    def _defined(self, machine: MachineSpec, verb: str) -> Domain:
        domain = self._domain(machine)
        if domain is None:
            raise self._refused(f"{verb} {machine.name}", "it is not defined there")
        return domain

    def _switch(self, domain: Domain, power: PowerState) -> bool:
        changed = domain.power != power
        domain.power = power
        return changed

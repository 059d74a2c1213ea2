"""One libvirt host behind the Protocol: storage, segments, guard, guests."""

import platform
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import libvirt

from provisioners.libvirt_host import console, kvm, power
from provisioners.libvirt_host.connection import connect, translated
from provisioners.libvirt_host.domain_xml import domain_xml, owner
from provisioners.libvirt_host.guard import Guard
from provisioners.libvirt_host.segments import Segments
from provisioners.libvirt_host.storage import Storage
from provisioners.libvirt_host.xml import read
from provisioners.problems import KVM_UNUSABLE, LIBVIRT_FAILED, NOT_OURS
from provisioners.protocol import Bytes, Found, HostFacts, MachineStats, PoolFacts, PowerState
from provisioners.spec import HostSpec, ImagePart, MachineSpec, PoolSpec, PortSpec, SegmentSpec, VolumeSpec, WipeMethod


class LibvirtHost:
    """An open connection to one host; every method may raise ``host.unreachable`` and ``host.libvirt-failed``."""

    def __init__(self, host: HostSpec) -> None:
        self._host = host
        self._connection = connect(host)
        self._storage = Storage(host, self._connection)
        self._segments = Segments(host, self._connection)
        self._guard = Guard(host.name)

    def __enter__(self) -> "LibvirtHost":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._connection.close()
        except libvirt.libvirtError:
            return  # the daemon went away first; there is nothing left to close

    # -- host ---------------------------------------------------------------------------------------------

    def probe(self, wanted: Literal["auto", "kvm", "qemu"]) -> HostFacts:
        with translated(self._host, "describe itself"):
            _model, memory_mib, cpus, *_rest = self._connection.getInfo()
            # Asking for capabilities makes a fresh libvirtd start every emulator once: seconds, so only where it matters.
            advertised = wanted != "qemu" and "<domain type='kvm'>" in self._connection.getCapabilities()
            about = f"QEMU {_version(self._connection.getVersion())}, libvirt {_version(self._connection.getLibVersion())}"
        usable, sentence = (False, "KVM was not asked for.") if wanted == "qemu" else kvm.verdict(advertised)
        if wanted == "kvm" and not usable:
            raise KVM_UNUSABLE(host=self._host.name, reason=sentence.rstrip("."))
        return HostFacts(about, platform.machine(), int(cpus), int(memory_mib), "kvm" if usable else "qemu", sentence)

    # -- storage ------------------------------------------------------------------------------------------

    def ensure_pool(self, pool: PoolSpec) -> bool:
        return self._storage.ensure_pool(pool)

    def remove_pool(self, pool: PoolSpec) -> bool:
        return self._storage.remove_pool(pool)

    def pool_facts(self, pool: PoolSpec) -> PoolFacts:
        return self._storage.pool_facts(pool)

    def ensure_image_part(self, pool: PoolSpec, part: ImagePart, source: Path, progress: Bytes | None = None) -> bool:
        return self._storage.ensure_image_part(pool, part, source, progress)

    def remove_image_part(self, pool: PoolSpec, part: ImagePart) -> bool:
        return self._storage.remove_image_part(pool, part)

    def ensure_volume(self, volume: VolumeSpec, backing: ImagePart | None) -> bool:
        return self._storage.ensure_volume(volume, backing)

    def remove_volume(self, volume: VolumeSpec, wipe: WipeMethod) -> bool:
        return self._storage.remove_volume(volume, wipe)

    def ensure_seed(self, machine: MachineSpec, content: bytes) -> bool:
        return self._storage.ensure_seed(machine, content)

    def remove_seed(self, machine: MachineSpec) -> bool:
        return self._storage.remove_seed(machine)

    # -- network ------------------------------------------------------------------------------------------

    def ensure_segment(self, segment: SegmentSpec) -> bool:
        return self._segments.ensure(segment)

    def remove_segment(self, segment: SegmentSpec) -> bool:
        return self._segments.remove(segment)

    def ensure_reservation(self, port: PortSpec, hostname: str) -> bool:
        return self._segments.ensure_reservation(port, hostname)

    def remove_reservation(self, port: PortSpec) -> bool:
        return self._segments.remove_reservation(port)

    def ensure_guard(self, port: PortSpec) -> bool:
        return self._guard.ensure(port)

    def remove_guard(self, port: PortSpec) -> bool:
        return self._guard.remove(port)

    # -- guests -------------------------------------------------------------------------------------------

    def ensure_defined(self, machine: MachineSpec) -> bool:
        action = f"define {machine.name}"
        with translated(self._host, action):
            if self._domain(machine) is not None:
                return False
            self._uuid_free(machine)
            # Not asked to validate: that cost 25 ms a machine, and tests hold the XML against libvirt's schema.
            self._connection.defineXML(domain_xml(machine, self._paths(machine)))
            return True

    def ensure_running(self, machine: MachineSpec) -> bool:
        self._guard.ensure(machine.port)  # before the start, always: the first frame is already checked
        return self._with_domain(machine, "start", power.start)

    def ensure_off(self, machine: MachineSpec, grace_seconds: int) -> bool:
        with translated(self._host, f"stop {machine.name}"):
            domain = self._domain(machine)
            return False if domain is None else power.stop(domain, grace_seconds)

    def reboot(self, machine: MachineSpec) -> None:
        self._guard.ensure(machine.port)
        self._with_domain(machine, "reboot", lambda domain: bool(domain.reboot(0)))

    def remove_domain(self, machine: MachineSpec) -> bool:
        """Pull the plug where it runs, undefine it, and delete its serial log."""
        with translated(self._host, f"remove {machine.name}"):
            domain = self._domain(machine)
            if domain is None:
                return False
            power.stop(domain, 0)
            domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)
            console.remove_log(Path(machine.serial_log))
            return True

    def power(self, machine: MachineSpec) -> PowerState:
        with translated(self._host, f"look at {machine.name}"):
            domain = self._domain(machine)
            return "absent" if domain is None else power.state(domain)

    def stats(self, machines: tuple[MachineSpec, ...]) -> dict[str, MachineStats]:
        with translated(self._host, "measure its guests"):
            by_uuid = {machine.uuid: machine.id for machine in machines}
            active = self._connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)
            ours = [domain for domain in active if domain.UUIDString() in by_uuid]
            records = self._connection.domainListGetStats(ours, power.MEASURED) if ours else []
            return {by_uuid[domain.UUIDString()]: power.measured(raw) for domain, raw in records}

    def console(self, machine: MachineSpec) -> None:
        action = f"open the console of {machine.name}"
        with translated(self._host, action):
            domain = self._domain(machine)
            if domain is None or not domain.isActive():
                raise LIBVIRT_FAILED(host=self._host.name, action=action, reason="it is not running")
            console.attach(self._connection, domain)

    def serial_tail(self, machine: MachineSpec, lines: int) -> str:
        with translated(self._host, f"read the serial log of {machine.name}"):
            return console.tail(Path(machine.serial_log), lines)

    def found(self, pools: tuple[PoolSpec, ...]) -> Found:
        domains: dict[str, PowerState] = {}
        owners: dict[str, str] = {}
        with translated(self._host, "list its guests"):
            for domain in self._connection.listAllDomains():
                machine_id, store = owner(read(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)))
                if machine_id:
                    domains[domain.name()] = power.state(domain)
                    owners[domain.name()] = store
        reservations = self._segments.found()
        return Found(domains, owners, self._storage.found(pools), set(reservations), reservations, self._guard.taps())

    # -- inner --------------------------------------------------------------------------------------------

    def _domain(self, machine: MachineSpec) -> libvirt.virDomain | None:
        """The domain of ``machine``; None where there is none; ``provision.not-ours`` where the name is another's."""
        try:
            domain = self._connection.lookupByName(machine.name)
        except libvirt.libvirtError as error:
            if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
                return None
            raise
        if owner(read(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))) != (machine.id, machine.store):
            raise NOT_OURS(what="domain", name=machine.name, host=self._host.name)
        return domain

    def _uuid_free(self, machine: MachineSpec) -> None:
        """libvirt would rename nothing, but its message names no culprit: say that the id is another's."""
        try:
            domain = self._connection.lookupByUUIDString(machine.uuid)
        except libvirt.libvirtError as error:
            if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
                return
            raise
        raise NOT_OURS(what="domain", name=domain.name(), host=self._host.name)

    def _with_domain(self, machine: MachineSpec, verb: str, work: Callable[[libvirt.virDomain], bool]) -> bool:
        action = f"{verb} {machine.name}"
        with translated(self._host, action):
            domain = self._domain(machine)
            if domain is None:
                raise LIBVIRT_FAILED(host=self._host.name, action=action, reason="it is not defined there")
            return work(domain)

    def _paths(self, machine: MachineSpec) -> dict[str, str]:
        """The file of every volume that the domain names; all of them must exist before it is defined."""
        paths = {volume.name: self._storage.path(volume.pool, volume.name) for volume in machine.volumes}
        pool = machine.root.pool
        paths[machine.seed_volume] = self._storage.path(pool, machine.seed_volume)
        for part in machine.image.parts:
            if part.role != "root":
                paths[part.volume] = self._storage.path(pool, part.volume)
        return paths


def _version(number: int) -> str:
    """libvirt packs versions as major * 1,000,000 + minor * 1,000 + release."""
    return f"{number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"

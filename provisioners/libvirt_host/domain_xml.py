"""The domain XML as a pure function of a machine and of the paths of its files.  Golden files hold it still.

Choices that are not obvious:

- Discard requests of the guest are ignored: a block given back to the file system early would escape the wipe.
- The seed is a virtio disk, because Debian's cloud kernel drives no SATA.
- No ``<filterref>``: identity is held by our own port guard (``guard.py``), which must stand before the start.
- No autostart: after a host reboot the guard is empty until ``ensure_running`` builds it again.
"""

import string
from collections.abc import Mapping

from lxml import etree

from provisioners.libvirt_host.xml import Element, attribute, node, write
from provisioners.spec import MachineSpec

NAMESPACE = "urn:jiyun:machine:1"
_SEED_SERIAL = "jiyun-seed"


def domain_xml(machine: MachineSpec, paths: Mapping[str, str]) -> str:
    """XML to define ``machine``; ``paths`` maps every volume name (disks, seed, kernel parts) to its file."""
    root = etree.Element("domain", type=machine.virt_type)
    node(root, "name", machine.name)
    node(root, "uuid", machine.uuid)
    node(root, "title", machine.hostname)
    _metadata(root, machine)
    node(root, "memory", str(machine.memory_mib), unit="MiB")
    node(root, "vcpu", str(machine.vcpus), placement="static")
    node(root, "iothreads", "1")
    _boot(root, machine, paths)
    features = node(root, "features")
    node(features, "acpi")
    node(features, "apic")
    _cpu(root, machine)
    node(root, "clock", offset="utc")
    for event, reaction in (("poweroff", "destroy"), ("reboot", "restart"), ("crash", "destroy")):
        node(root, f"on_{event}", reaction)
    devices = node(root, "devices")
    _disks(devices, machine, paths)
    _interface(devices, machine)
    _consoles(devices, machine)
    _small_devices(devices)
    return write(root)


def owner(domain: Element) -> tuple[str, str]:
    """Machine id and store id that a domain's metadata names; empty strings where it is not ours."""
    path = f"metadata/{{{NAMESPACE}}}machine"
    return attribute(domain, path, "id"), attribute(domain, path, "store")


def _metadata(root: Element, machine: MachineSpec) -> None:
    holder = node(root, "metadata")
    mark = etree.SubElement(holder, f"{{{NAMESPACE}}}machine", nsmap={"jiyun": NAMESPACE})
    for name, value in (("id", machine.id), ("order", machine.order), ("store", machine.store)):
        mark.set(name, value)


def _boot(root: Element, machine: MachineSpec, paths: Mapping[str, str]) -> None:
    system = node(root, "os")
    node(system, "type", "hvm", arch="x86_64", machine="q35")
    kernel, initrd = machine.image.part("kernel"), machine.image.part("initrd")
    if kernel is None:
        return  # BIOS boot: the root disk carries the boot order
    node(system, "kernel", paths[kernel.volume])
    if initrd is not None:
        node(system, "initrd", paths[initrd.volume])
    node(system, "cmdline", machine.image.cmdline)


def _cpu(root: Element, machine: MachineSpec) -> None:
    if machine.virt_type == "kvm":
        node(root, "cpu", mode="host-passthrough", check="none")
    else:
        node(root, "cpu", mode="maximum", check="none")


def _disks(devices: Element, machine: MachineSpec, paths: Mapping[str, str]) -> None:
    for letter, volume in zip(string.ascii_lowercase, machine.volumes, strict=False):
        disk = _disk(devices, "qcow2", paths[volume.name], f"vd{letter}", volume.serial)
        if volume is machine.root and machine.image.kind == "disk":
            node(disk, "boot", order="1")
    letter = string.ascii_lowercase[len(machine.volumes)]
    seed = _disk(devices, "raw", paths[machine.seed_volume], f"vd{letter}", _SEED_SERIAL)
    node(seed, "readonly")


def _disk(devices: Element, kind: str, path: str, target: str, serial: str) -> Element:
    disk = node(devices, "disk", type="file", device="disk")
    node(disk, "driver", name="qemu", type=kind, cache="none", io="native", discard="ignore", iothread="1")
    node(disk, "source", file=path)
    node(disk, "target", dev=target, bus="virtio")
    node(disk, "serial", serial)
    return disk


def _interface(devices: Element, machine: MachineSpec) -> None:
    port = machine.port
    interface = node(devices, "interface", type="network")
    node(interface, "mac", address=port.mac)
    node(interface, "source", network=port.segment.network)
    node(interface, "target", dev=port.tap)
    node(interface, "model", type="virtio")
    node(interface, "rom", enabled="no")  # no network boot: it would only delay and widen the start


def _consoles(devices: Element, machine: MachineSpec) -> None:
    serial = node(devices, "serial", type="pty")
    node(serial, "log", file=machine.serial_log, append="on")
    node(serial, "target", type="isa-serial", port="0")
    console = node(devices, "console", type="pty")
    node(console, "target", type="serial", port="0")
    agent = node(devices, "channel", type="unix")
    node(agent, "target", type="virtio", name="org.qemu.guest_agent.0")


def _small_devices(devices: Element) -> None:
    node(devices, "controller", type="usb", model="none")
    rng = node(devices, "rng", model="virtio")
    node(rng, "backend", "/dev/urandom", model="random")
    node(devices, "memballoon", model="virtio")

"""The reference of ``bench provision``: the same machine with bare libvirt calls, as a script would make it.

It makes the same artefacts from the same XML (seed, two volumes, address reservation, port guard, domain, start) over
one connection, and keeps no books: no claim, no audit entry, no step log, no look before a call, no check after it.
"""

import subprocess

import libvirt

from provisioners.libvirt_host.domain_xml import domain_xml
from provisioners.libvirt_host.storage_xml import blob_xml, disk_xml
from provisioners.seed import seed_iso
from provisioners.spec import MachineSpec


def create(machine: MachineSpec, host_private_key: str) -> None:
    """From nothing to libvirt's 'running'; the segment, the pool and the image stand already."""
    connection = libvirt.open(machine.host.uri)
    pool = connection.storagePoolLookupByName(machine.root.pool.name)
    _reserve(connection, machine)
    _guard(machine)
    for volume in machine.volumes:
        pool.createXML(disk_xml(volume, None), 0)
    _seed(connection, pool, machine, host_private_key)
    names = [volume.name for volume in machine.volumes] + [machine.seed_volume]
    names += [part.volume for part in machine.image.parts]
    paths = {name: f"{machine.root.pool.path}/{name}" for name in names}
    domain = connection.defineXML(domain_xml(machine, paths))
    domain.create()
    while domain.state()[0] != libvirt.VIR_DOMAIN_RUNNING:
        pass
    connection.close()


def _reserve(connection: libvirt.virConnect, machine: MachineSpec) -> None:
    network = connection.networkLookupByName(machine.port.segment.network)
    host = f"<host mac='{machine.port.mac}' name='{machine.hostname}' ip='{machine.port.ipv4}'/>"
    flags = libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE | libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG
    add, section = libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST
    network.update(add, section, -1, host, flags)


def _guard(machine: MachineSpec) -> None:
    port = machine.port
    lines = [
        f'add element bridge jiyun_guard port_mac {{ "{port.tap}" . {port.mac} }}',
        f'add element bridge jiyun_guard port_ipv4 {{ "{port.tap}" . {port.ipv4} }}',
    ]
    subprocess.run(["nft", "-f", "-"], input="\n".join(lines), text=True, check=True, timeout=20)


def _seed(connection: libvirt.virConnect, pool: libvirt.virStoragePool, machine: MachineSpec, host_private_key: str) -> None:
    content = seed_iso(machine, host_private_key)
    volume = pool.createXML(blob_xml(machine.seed_volume, len(content), "0600"), 0)
    stream = connection.newStream(0)
    volume.upload(stream, 0, len(content), 0)
    stream.send(content)
    stream.finish()

"""Network segments of one host and the DHCP reservations in them.

What a guest can reach of the host is decided in ``guard_rules.py`` (hook ``to_host``): DHCP, ping and neighbour
discovery at the gateway address, and nothing that the guest opens itself.  libvirt adds its own reject rules
for forwarding, so a segment has no way out.
"""

import libvirt

from provisioners.libvirt_host.connection import translated
from provisioners.libvirt_host.dhcp_release import release
from provisioners.libvirt_host.network_xml import host_xml, network_xml, reservations, segment_id
from provisioners.libvirt_host.xml import Element, attribute, read
from provisioners.problems import LIBVIRT_FAILED, NOT_OURS
from provisioners.spec import HostSpec, PortSpec, SegmentSpec

PREFIX = "jy-"


class Segments:
    """The network half of a host."""

    def __init__(self, host: HostSpec, connection: libvirt.virConnect) -> None:
        self._host = host
        self._connection = connection

    def ensure(self, segment: SegmentSpec) -> bool:
        with translated(self._host, f"create segment {segment.network}"):
            network = self._lookup(segment)
            created = network is None
            if network is None:
                network = self._connection.networkDefineXML(network_xml(segment))
            if not network.isActive():
                network.create()
            if not network.autostart():
                network.setAutostart(1)
            return created

    def remove(self, segment: SegmentSpec) -> bool:
        """Remove the network; refused while it has a port in use, because its guests would lose their link."""
        with translated(self._host, f"remove segment {segment.network}"):
            network = self._lookup(segment)
            if network is None:
                return False
            if network.isActive():
                if network.listAllPorts():
                    reason = "a running guest is attached to it"
                    raise LIBVIRT_FAILED(host=self._host.name, action=f"remove segment {segment.network}", reason=reason)
                network.destroy()
            network.undefine()
            return True

    def ensure_reservation(self, port: PortSpec, hostname: str) -> bool:
        with translated(self._host, f"reserve {port.ipv4} for {hostname}"):
            network = self._lookup(port.segment)
            if network is None:
                reason = f"segment {port.segment.network} is not there"
                raise LIBVIRT_FAILED(host=self._host.name, action=f"reserve {port.ipv4}", reason=reason)
            standing = reservations(_definition(network))
            if (port.mac, port.ipv4) in standing:
                return False
            if any(mac == port.mac or ip == port.ipv4 for mac, ip in standing):
                raise NOT_OURS(what="DHCP reservation", name=port.ipv4, host=self._host.name)
            self._update(network, libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, host_xml(port, hostname))
            return True

    def remove_reservation(self, port: PortSpec) -> bool:
        with translated(self._host, f"release {port.ipv4}"):
            network = self._lookup(port.segment)
            if network is None or (port.mac, port.ipv4) not in reservations(_definition(network)):
                return False
            if network.isActive():
                release(port)  # first: removing the last reservation restarts the DHCP server
            self._update(network, libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE, host_xml(port))
            return True

    def found(self) -> dict[str, set[str]]:
        """Reserved MAC addresses by network, for every network whose name is one of ours."""
        with translated(self._host, "list segments"):
            networks = [network for network in self._connection.listAllNetworks() if network.name().startswith(PREFIX)]
            return {network.name(): {mac for mac, _ip in reservations(_definition(network))} for network in networks}

    def _lookup(self, segment: SegmentSpec) -> libvirt.virNetwork | None:
        try:
            network = self._connection.networkLookupByName(segment.network)
        except libvirt.libvirtError as error:
            if error.get_error_code() == libvirt.VIR_ERR_NO_NETWORK:
                return None
            raise
        definition = _definition(network)
        mark = (network.UUIDString(), segment_id(definition), attribute(definition, "bridge", "name"))
        if mark != (segment.uuid, segment.id, segment.bridge):
            raise NOT_OURS(what="network", name=segment.network, host=self._host.name)
        return network

    def _update(self, network: libvirt.virNetwork, command: int, xml: str) -> None:
        """Change the reservations now and for the next start."""
        flags = libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG
        if network.isActive():
            flags |= libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE
        network.update(command, libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST, -1, xml, flags)


def _definition(network: libvirt.virNetwork) -> Element:
    return read(network.XMLDesc(0))

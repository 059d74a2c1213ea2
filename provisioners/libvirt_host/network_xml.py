"""The libvirt network of a segment: a bridge with a DHCP server that serves reservations and nobody else."""

from ipaddress import ip_network

from lxml import etree

from provisioners.libvirt_host.xml import Element, attribute, node, write
from provisioners.spec import PortSpec, SegmentSpec

NAMESPACE = "urn:jiyun:segment:1"
# The shortest lease libvirt allows.  An address is free for its next owner two minutes after a guest that
# died without a word; remove_reservation also releases the lease, so this is only the second net.
_LEASE_MINUTES = "2"


def network_xml(segment: SegmentSpec) -> str:
    """XML to define ``segment``: no ``<forward>``, so nothing leaves it; no DNS; no range, so no unknown guest."""
    root = etree.Element("network")
    node(root, "name", segment.network)
    node(root, "uuid", segment.uuid)
    holder = node(root, "metadata")
    mark = etree.SubElement(holder, f"{{{NAMESPACE}}}segment", nsmap={"jiyun": NAMESPACE})
    mark.set("id", segment.id)
    node(root, "bridge", name=segment.bridge, stp="off", delay="0")
    node(root, "dns", enable="no")
    ipv4 = node(root, "ip", address=segment.ipv4_gateway, prefix=str(ip_network(segment.ipv4_cidr).prefixlen))
    node(ipv4, "dhcp")
    if segment.ipv6_cidr:
        prefix = str(ip_network(segment.ipv6_cidr).prefixlen)
        node(root, "ip", family="ipv6", address=segment.ipv6_gateway, prefix=prefix)
    return write(root)


def host_xml(port: PortSpec, hostname: str = "") -> str:
    """XML of one DHCP reservation; to delete one, its name may be left out."""
    root = etree.Element("host", mac=port.mac, ip=port.ipv4)
    if hostname:
        root.set("name", hostname)
    node(root, "lease", expiry=_LEASE_MINUTES, unit="minutes")
    return write(root)


def reservations(network: Element) -> list[tuple[str, str]]:
    """Every ``(mac, ip)`` that a network's XML reserves."""
    return [(str(host.get("mac") or ""), str(host.get("ip") or "")) for host in network.iterfind("ip/dhcp/host")]


def segment_id(network: Element) -> str:
    """The segment id in a network's metadata, or the empty string."""
    return attribute(network, f"metadata/{{{NAMESPACE}}}segment", "id")

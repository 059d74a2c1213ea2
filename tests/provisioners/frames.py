"""Ethernet frames, built byte by byte: what an honest guest sends and what a hostile one would."""

import socket
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from provisioners.spec import PortSpec

BROADCAST = "ff:ff:ff:ff:ff:ff"
ALL_NODES = "33:33:00:00:00:01"
OTHER_MAC = "52:54:00:de:ad:01"
OTHER_IPV4 = "10.77.7.200"
OTHER_IPV6 = "fd77:7::200"
_IPV4, _ARP, _IPV6, _VLAN, _EXPERIMENT = 0x0800, 0x0806, 0x86DD, 0x8100, 0x88B5
_UDP, _ICMPV6 = 17, 58
_MARK, _MARK_LENGTH = b"jiyun-", 40


@dataclass(frozen=True, slots=True)
class Sender:
    """Guest ``me`` who sends to guest ``to`` on the same segment; each frame carries ``mark`` so it is recognised."""

    me: PortSpec
    to: PortSpec

    def honest(self) -> dict[str, bytes]:
        """Frames that the guard must let through, by name."""
        me = self.me
        return {
            "own ARP answer": self.arp(me.mac, me.ipv4, b"own-arp"),
            "own IPv4": self.udp4(me.mac, me.ipv4, 9, b"own-ipv4"),
            "own IPv6": self.udp6(me.ipv6, 9, b"own-ipv6"),
            "own neighbour advertisement": self.neighbour(me.ipv6, me.ipv6, b"own-na"),
        }

    def hostile(self) -> dict[str, bytes]:
        """Frames that the guard must stop, by name."""
        me, segment = self.me, self.me.segment
        advertisement = struct.pack(">BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + b"\5\1" + bytes(6)
        tagged = struct.pack(">HH", 1, _IPV4)
        return {
            "spoofed MAC": self.udp4(OTHER_MAC, me.ipv4, 9, b"mac"),
            "spoofed IPv4": self.udp4(me.mac, OTHER_IPV4, 9, b"ipv4"),
            "forged ARP sender address": self.arp(me.mac, segment.ipv4_gateway, b"arp-ip"),
            "forged ARP sender MAC": self.arp(OTHER_MAC, me.ipv4, b"arp-mac"),
            "spoofed IPv6": self.udp6(OTHER_IPV6, 9, b"ipv6"),
            "forged neighbour advertisement": self.neighbour(me.ipv6, segment.ipv6_gateway, b"na"),
            "rogue DHCP server": self.udp4(me.mac, me.ipv4, 68, b"dhcp", source_port=67, to=BROADCAST),
            "rogue DHCPv6 server": self.udp6(me.ipv6_link_local, 546, b"dhcp6", source_port=547),
            "rogue router advertisement": self.icmp6(me.ipv6_link_local, "ff02::1", advertisement + _mark(b"ra"), ALL_NODES),
            "VLAN tag": _ethernet(self.to.mac, me.mac, _VLAN, tagged + self.udp4(me.mac, me.ipv4, 9, b"vlan")[14:]),
            "unknown protocol": _ethernet(self.to.mac, me.mac, _EXPERIMENT, _mark(b"ethertype")),
        }

    def last(self, number: int) -> bytes:
        """An honest frame that is sent after the others: what has not arrived before it does not arrive."""
        return self.udp4(self.me.mac, self.me.ipv4, 9, b"last-%d" % number)

    def arp(self, sender_mac: str, sender: str, mark: bytes) -> bytes:
        body = struct.pack(">HHBBH", 1, _IPV4, 6, 4, 2) + _mac(sender_mac) + IPv4Address(sender).packed
        asked = _mac(self.to.mac) + IPv4Address(self.to.ipv4).packed
        return _ethernet(self.to.mac, self.me.mac, _ARP, body + asked + _mark(mark))

    def udp4(self, mac: str, source: str, port: int, mark: bytes, source_port: int = 40000, to: str = "") -> bytes:
        data = _mark(mark)
        datagram = struct.pack(">HHHH", source_port, port, 8 + len(data), 0) + data
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, 0, 64, _UDP, 0)
        addresses = IPv4Address(source).packed + IPv4Address(self.to.ipv4).packed
        header = header[:10] + struct.pack(">H", _checksum(header + addresses)) + addresses
        return _ethernet(to or self.to.mac, mac, _IPV4, header + datagram)

    def udp6(self, source: str, port: int, mark: bytes, source_port: int = 40000) -> bytes:
        data = _mark(mark)
        datagram = struct.pack(">HHHH", source_port, port, 8 + len(data), 0) + data
        return _ipv6(self.me.mac, self.to.mac, source, self.to.ipv6, _UDP, datagram, 6)

    def icmp6(self, source: str, destination: str, message: bytes, to: str) -> bytes:
        return _ipv6(self.me.mac, to, source, destination, _ICMPV6, message, 2)

    def neighbour(self, source: str, target: str, mark: bytes) -> bytes:
        """An advertisement "``target`` is at my MAC", with the override flag."""
        message = struct.pack(">BBHI", 136, 0, 0, 0x20000000) + IPv6Address(target).packed + b"\2\1" + _mac(self.me.mac)
        return self.icmp6(source, self.to.ipv6, message + _mark(mark), self.to.mac)


def names_in(seen: list[bytes], sent: dict[str, bytes]) -> set[str]:
    """Which of the sent frames are among those seen, by their marks: the kernel takes a VLAN tag out of a frame it shows."""
    return {name for name, frame in sent.items() if any(mark_of(frame) in other for other in seen)}


def mark_of(frame: bytes) -> bytes:
    """The mark that only this frame carries."""
    start = frame.index(_MARK)
    return frame[start : start + _MARK_LENGTH]


def given_to_guest(tap: socket.socket) -> bytes:
    """The next frame that the bridge hands to the guest behind the tap; empty for one that comes from the guest."""
    frame, address = tap.recvfrom(65536)
    return frame if address[2] == socket.PACKET_OUTGOING else b""


def watch(interface: str) -> socket.socket:
    """A socket that sees every frame of a host interface, those given to the guest included."""
    seen = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    seen.bind((interface, 0))
    return seen


def _mark(text: bytes) -> bytes:
    return (_MARK + text).ljust(_MARK_LENGTH, b".")


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def _ethernet(to: str, source: str, kind: int, body: bytes) -> bytes:
    return (_mac(to) + _mac(source) + struct.pack(">H", kind) + body).ljust(60, b"\0")


def _ipv6(mac: str, to: str, source: str, destination: str, protocol: int, message: bytes, at: int) -> bytes:
    """An IPv6 frame; the checksum of ``message`` is put at its byte ``at``."""
    addresses = IPv6Address(source).packed + IPv6Address(destination).packed
    total = _checksum(addresses + struct.pack(">II", len(message), protocol) + message)
    message = message[:at] + struct.pack(">H", total) + message[at + 2 :]
    hops = 255 if protocol == _ICMPV6 else 64
    return _ethernet(to, mac, _IPV6, struct.pack(">IHBB", 6 << 28, len(message), protocol, hops) + addresses + message)


def _checksum(data: bytes) -> int:
    words = struct.unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2])
    total: int = sum(words) + (data[-1] << 8 if len(data) % 2 else 0)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

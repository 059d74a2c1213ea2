"""Giving a lease back for a guest that is gone.

A guest that was destroyed never says so.  Until its lease ends the DHCP server would refuse the same address to
its next owner, so the release message that the guest owed is sent here, from the host to the segment's gateway.
"""

import secrets
import socket
from contextlib import suppress
from ipaddress import IPv4Address

from provisioners.spec import PortSpec

_SERVER_PORT = 67
_MAGIC = b"\x63\x82\x53\x63"


def release_message(mac: str, address: str, server: str) -> bytes:
    """A DHCPRELEASE (RFC 2131): fixed header of 236 bytes, then message type, server id and end."""
    hardware = bytes.fromhex(mac.replace(":", ""))
    header = bytes([1, 1, len(hardware), 0]) + secrets.token_bytes(4) + bytes(4)
    addresses = IPv4Address(address).packed + bytes(12)
    options = bytes([53, 1, 7, 54, 4]) + IPv4Address(server).packed + bytes([255])
    return header + addresses + hardware.ljust(16, b"\0") + bytes(192) + _MAGIC + options


def release(port: PortSpec) -> None:
    """Send the release for ``port``.  Best effort: the lease ends by itself two minutes later."""
    message = release_message(port.mac, port.ipv4, port.segment.ipv4_gateway)
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        # The server listens on the bridge only; without this the packet would reach it by the loopback.
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, port.segment.bridge.encode() + b"\0")
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sender.sendto(message, (port.segment.ipv4_gateway, _SERVER_PORT))

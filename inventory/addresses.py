"""Which address a new machine gets.  Pure: the caller says which are taken.

A segment's network and broadcast address are nobody's, its first address is the gateway.  A machine has the same place
in the IPv6 prefix as in the IPv4 one, so each can be read from the other.
"""

import ipaddress
from collections.abc import Set
from dataclasses import dataclass

from jiyun.errors import Exit, kind

FULL = kind(
    "segment.full",
    Exit.QUOTA,
    en="Segment {segment} ({cidr}) is full: {taken} of its {size} addresses are taken. "
    "Delete a machine that is no longer needed, or order in another segment.",
    zh="网段 {segment}（{cidr}）已满：{size} 个地址中已分配 {taken} 个。请删除不再需要的虚机，或改用其他网段。",
)
_FIRST = 2  # offset of the first machine: 0 is the network, 1 the gateway


@dataclass(frozen=True, slots=True)
class Address:
    """What a port gets, as text without prefix length; ``ipv6`` is empty where the segment is IPv4 only."""

    ipv4: str
    ipv6: str


def next_free(segment: str, ipv4_cidr: str, ipv6_cidr: str, taken: Set[str]) -> Address:
    """The lowest free address of a segment; ``taken`` holds IPv4 addresses as :class:`Address` writes them.

    The work grows with ``taken``, not with the size of the segment.  Raises ``segment.full``.
    """
    four = ipaddress.IPv4Network(ipv4_cidr)
    six = ipaddress.IPv6Network(ipv6_cidr) if ipv6_cidr else None
    end = four.num_addresses - 1  # the broadcast address
    if six is not None:
        end = min(end, six.num_addresses)
    for offset in range(_FIRST, end):
        ipv4 = str(four[offset])
        if ipv4 not in taken:
            return Address(ipv4, str(six[offset]) if six is not None else "")
    size = max(end - _FIRST, 0)
    raise FULL(segment=segment, cidr=ipv4_cidr, size=size, taken=size)


def link_local(mac: str) -> str:
    """The link-local IPv6 address that a guest makes of its MAC address (modified EUI-64)."""
    octets = bytes.fromhex(mac.replace(":", ""))
    host = bytes((octets[0] ^ 0x02, *octets[1:3], 0xFF, 0xFE, *octets[3:]))
    return str(ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + host))

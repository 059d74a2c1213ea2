"""The text of our nftables table: who may send what through a guest port.  All lookups are sets, none is linear.

Three hooks of the bridge family, which sees every frame between a port and its bridge:

- ``from_guest``: a frame from a guarded port must carry that port's own MAC and addresses; servers of DHCP,
  router advertisements, redirects, forged neighbour advertisements and unknown ethertypes are dropped.
  A port named like ours that is in no set is dropped wholesale.
- ``to_host``: what reaches the host itself.  The host offers a guest DHCP, ping and neighbour discovery, and
  answers on connections that the host opened; no guest can open a connection to the host.
- ``from_host``: the host's DHCP server would announce an IPv6 prefix; addresses are given by the plan alone.
"""

FAMILY = "bridge"
TABLE = "jiyun_guard"
VERSION = "rules_1"  # an empty chain of this name: nft 1.0.6 leaves comments out of its JSON
TAP_PREFIX = "jyt"

# A raw payload (the target of a neighbour message) needs `typeof`: nft 1.0.6 has no name for it.
SETS: dict[str, str] = {
    "ports": "type ifname",
    "port_mac": "type ifname . ether_addr",
    "port_ipv4": "type ifname . ipv4_addr",
    "port_ipv6": "type ifname . ipv6_addr",
    "port_target": "typeof iifname . @th,64,128",
}

HOOKS: dict[str, str] = {
    "from_guest": "type filter hook prerouting priority -300; policy accept;",
    "to_host": "type filter hook input priority -300; policy accept;",
    "from_host": "type filter hook output priority -300; policy accept;",
}

CHAINS: dict[str, tuple[str, ...]] = {
    VERSION: (),
    "from_guest": ("iifname @ports goto guest", f'iifname "{TAP_PREFIX}*" drop'),
    "guest": (
        "iifname . ether saddr != @port_mac drop",
        "ether type arp goto guest_arp",
        "ether type ip goto guest_ipv4",
        "ether type ip6 goto guest_ipv6",
        "ether type 0x8035 accept",  # RARP: QEMU announces a moved guest with it
        "drop",
    ),
    "guest_arp": (
        "iifname . arp saddr ether != @port_mac drop",
        "arp saddr ip 0.0.0.0 arp operation request accept",  # probe for a duplicate address
        "iifname . arp saddr ip @port_ipv4 accept",
        "drop",
    ),
    "guest_ipv4": (
        "udp sport 67 drop",
        "udp dport 68 drop",
        "ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept",
        "iifname . ip saddr @port_ipv4 accept",
        "drop",
    ),
    "guest_ipv6": (
        # Duplicate address detection and group reports come before there is an address: 131 and 143 are MLD reports.
        "ip6 saddr :: icmpv6 type { 131, 135, 143 } accept",
        "iifname . ip6 saddr != @port_ipv6 drop",
        "udp sport 547 drop",
        "udp dport 546 drop",
        "icmpv6 type { nd-router-advert, nd-redirect } drop",
        "icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @port_target drop",
        # A fragment can hide its upper header in the next one; only TCP and UDP may be split.
        "exthdr frag exists meta l4proto { tcp, udp } accept",
        "exthdr frag exists drop",
        "accept",
    ),
    "to_host": (f'iifname "{TAP_PREFIX}*" goto host_input',),
    "host_input": (
        "ether type arp accept",
        "udp dport { 67, 547 } accept",
        "icmp type { echo-request, echo-reply, destination-unreachable, time-exceeded } accept",
        "icmpv6 type { 1, 2, 3, 128, 129, 135, 136 } accept",  # errors, echo, neighbour discovery
        "tcp flags & ack == ack accept",  # an opening segment has no ACK: only answers come through
        "tcp flags & rst == rst accept",
        "drop",
    ),
    "from_host": (f'oifname "{TAP_PREFIX}*" icmpv6 type {{ nd-router-advert, nd-redirect }} drop',),
}


def skeleton() -> list[str]:
    """Lines for ``nft -f -`` that make the table whole whatever was there before; elements of sets stay."""
    lines = [f"add table {FAMILY} {TABLE}"]
    lines += [f"add set {FAMILY} {TABLE} {name} {{ {kind}; }}" for name, kind in SETS.items()]
    for name in CHAINS:
        hook = f" {{ {HOOKS[name]} }}" if name in HOOKS else ""
        lines += [f"add chain {FAMILY} {TABLE} {name}{hook}", f"flush chain {FAMILY} {TABLE} {name}"]
    lines += [f"add rule {FAMILY} {TABLE} {name} {rule}" for name, rules in CHAINS.items() for rule in rules]
    return lines

"""Address ranges of segments: private IPv4, and unique local IPv6."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from jiyun.language import Text
from workflows.estate.document import Node
from workflows.estate.fields import scalar
from workflows.estate.findings import shorten
from workflows.estate.problems import ESTATE_BAD_VALUE, ESTATE_OUT_OF_RANGE
from workflows.estate.reading import Invalid, Spot

_PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_LOCAL = IPv6Network("fd00::/8")


@dataclass(frozen=True, slots=True)
class Private4:
    """A private IPv4 range of /16 to /29, written by its first address: ``10.84.1.0/24``."""

    expected = Text(
        "a private IPv4 range of /16 to /29 without host bits, such as 10.84.1.0/24",
        "前缀为 /16 至 /29 且主机位为零的私有 IPv4 地址段，例如 10.84.1.0/24",
    )

    def read(self, node: Node, spot: Spot) -> IPv4Network | Invalid:
        value = scalar(node, spot, self.expected)
        if isinstance(value, Invalid):
            return value
        address, slash, prefix = value.text.partition("/")
        try:
            if not (slash and prefix.isascii() and prefix.isdigit() and str(int(prefix[:4])) == prefix):
                raise ValueError
            network = IPv4Network((address, int(prefix)))
        except ValueError:
            return spot.refuse(ESTATE_BAD_VALUE, value=shorten(value.text), expected=self.expected)
        if not 16 <= network.prefixlen <= 29 or not any(network.subnet_of(private) for private in _PRIVATE):
            return spot.refuse(ESTATE_OUT_OF_RANGE, value=shorten(value.text), expected=self.expected)
        return network

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9]{1,3}(?:\\.[0-9]{1,3}){3}/(?:1[6-9]|2[0-9])$"}


@dataclass(frozen=True, slots=True)
class Local6:
    """A unique local IPv6 /64: ``fd5a:6a79:84:1::/64``."""

    expected = Text(
        "a unique local IPv6 /64 that begins with fd, such as fd5a:6a79:84:1::/64",
        "以 fd 开头的唯一本地 IPv6 /64 地址段，例如 fd5a:6a79:84:1::/64",
    )

    def read(self, node: Node, spot: Spot) -> IPv6Network | Invalid:
        value = scalar(node, spot, self.expected)
        if isinstance(value, Invalid):
            return value
        address, _, prefix = value.text.partition("/")
        try:
            if prefix != "64" or "%" in address:
                raise ValueError
            network = IPv6Network((address, 64))
        except ValueError:
            return spot.refuse(ESTATE_BAD_VALUE, value=shorten(value.text), expected=self.expected)
        if not network.subnet_of(_LOCAL):
            return spot.refuse(ESTATE_OUT_OF_RANGE, value=shorten(value.text), expected=self.expected)
        return network

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[fF][dD][0-9a-fA-F:.]*/64$"}

"""The port guard of a host: read it back, add a port, take a port out.  Every change is one atomic load."""

import ipaddress
import json
import re
import shutil
import subprocess
from typing import Any

from provisioners.libvirt_host.guard_rules import CHAINS, FAMILY, SETS, TABLE, TAP_PREFIX, skeleton
from provisioners.problems import GUARD_FAILED, TOOL_MISSING
from provisioners.spec import PortSpec

_NFT_SECONDS = 20
_TRIES = 3  # another Jiyun may change the table between our look and our load
_TAP = re.compile(rf"{TAP_PREFIX}[a-z0-9]{{1,12}}")
_MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}")

Elements = dict[str, dict[str, set[str]]]  # set name -> tap -> values, as nft writes them


class Guard:
    """The table ``jiyun_guard`` of this machine; ``host`` is only a name for messages."""

    def __init__(self, host: str) -> None:
        self._host = host

    def ensure(self, port: PortSpec) -> bool:
        """Guard ``port`` and repair the table where it is lost or altered; False if all of it stood already."""
        wanted = self._wanted(port)
        for attempt in range(_TRIES):
            whole, elements = self._read()
            present = _of(elements, port.tap)
            if whole and present == wanted:
                return False
            lines = [] if whole else skeleton()
            lines += _changes("delete", port.tap, present, wanted) + _changes("add", port.tap, wanted, present)
            if self._load(lines, last=attempt == _TRIES - 1):
                return True
        raise AssertionError("the last attempt raises")

    def remove(self, port: PortSpec) -> bool:
        """Take ``port`` out of every set; False if it was in none.  Its tap, if still there, is then dropped wholesale."""
        self._wanted(port)
        for attempt in range(_TRIES):
            present = _of(self._read()[1], port.tap)
            if not any(present.values()):
                return False
            nothing: dict[str, set[str]] = {name: set() for name in SETS}
            if self._load(_changes("delete", port.tap, present, nothing), last=attempt == _TRIES - 1):
                return True
        raise AssertionError("the last attempt raises")

    def taps(self) -> set[str]:
        """Every interface name that stands in any of our sets."""
        return {tap for by_tap in self._read()[1].values() for tap in by_tap}

    def _wanted(self, port: PortSpec) -> dict[str, set[str]]:
        """Elements per set for ``port``; everything is checked here, because it becomes nft text."""
        if not _TAP.fullmatch(port.tap) or not _MAC.fullmatch(port.mac):
            raise GUARD_FAILED(host=self._host, reason=f"tap {port.tap!r} or MAC {port.mac!r} is malformed")
        try:
            ipv4 = ipaddress.IPv4Address(port.ipv4)
            ipv6 = [ipaddress.IPv6Address(text) for text in (port.ipv6, port.ipv6_link_local) if text]
        except ValueError as error:
            raise GUARD_FAILED(host=self._host, reason=str(error)) from None
        return {
            "ports": {""},
            "port_mac": {port.mac},
            "port_ipv4": {str(ipv4)},
            "port_ipv6": {str(address) for address in ipv6},
            "port_target": {f"{int(address):#034x}" for address in ipv6},
        }

    def _read(self) -> tuple[bool, Elements]:
        """Whether the table is whole (sets, chains, number of rules in each), and its elements."""
        done = self._nft(["-j", "list", "table", FAMILY, TABLE])
        if done.returncode != 0:
            if "No such file" in done.stderr:
                return False, {}
            raise GUARD_FAILED(host=self._host, reason=done.stderr.strip().splitlines()[0])
        items: list[dict[str, Any]] = json.loads(done.stdout)["nftables"]
        sets = {item["set"]["name"]: item["set"] for item in items if "set" in item}
        rules = dict.fromkeys((item["chain"]["name"] for item in items if "chain" in item), 0)
        for item in items:
            if "rule" in item:
                rules[item["rule"]["chain"]] += 1
        # Chains and sets of another version may stand beside ours; what matters is that ours are complete.
        whole = set(sets) >= set(SETS) and all(rules.get(name) == len(lines) for name, lines in CHAINS.items())
        return whole, {name: _elements(found) for name, found in sets.items()}

    def _load(self, lines: list[str], last: bool) -> bool:
        """One atomic load; False if it failed and may be tried again."""
        done = self._nft(["-f", "-"], "\n".join(lines) + "\n")
        if done.returncode != 0 and last:
            raise GUARD_FAILED(host=self._host, reason=done.stderr.strip().splitlines()[0])
        return done.returncode == 0

    def _nft(self, arguments: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
        program = shutil.which("nft") or shutil.which("nft", path="/usr/sbin:/sbin")
        if program is None:
            raise TOOL_MISSING(tool="nft", package="nftables")
        try:
            return subprocess.run(
                [program, *arguments], input=text, capture_output=True, text=True, timeout=_NFT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise GUARD_FAILED(host=self._host, reason=f"nft did not answer within {_NFT_SECONDS} s") from None


def _elements(found: dict[str, Any]) -> dict[str, set[str]]:
    by_tap: dict[str, set[str]] = {}
    for element in found.get("elem", []):
        tap, value = element["concat"] if isinstance(element, dict) else (element, "")
        if found["name"] == "port_target":
            value = f"{int(str(value), 0):#034x}"
        by_tap.setdefault(tap, set()).add(value)
    return by_tap


def _of(elements: Elements, tap: str) -> dict[str, set[str]]:
    return {name: elements.get(name, {}).get(tap, set()) for name in SETS}


def _changes(verb: str, tap: str, these: dict[str, set[str]], without: dict[str, set[str]]) -> list[str]:
    return [
        f'{verb} element {FAMILY} {TABLE} {name} {{ "{tap}"{" . " + value if value else ""} }}'
        for name in SETS
        for value in sorted(these[name] - without[name])
    ]

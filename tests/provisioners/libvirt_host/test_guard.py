"""The port guard in the kernel: exact elements, repair of a damaged table, refusal of malformed names."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from jiyun.errors import JiyunError
from provisioners.libvirt_host.guard import Guard
from provisioners.libvirt_host.guard_rules import FAMILY, TABLE
from provisioners.spec import PortSpec
from tests.provisioners import machines

PORT = machines.port(5)
OTHER = machines.port(6)


@pytest.fixture
def guard() -> Iterator[Guard]:
    made = Guard("h1")
    yield made
    for port in (PORT, OTHER):
        made.remove(port)


def _nft(*arguments: str) -> str:
    return subprocess.run(["nft", *arguments], check=True, capture_output=True, text=True, timeout=30).stdout


@pytest.mark.hypervisor
def test_a_port_is_guarded_once_and_freed_once(guard: Guard) -> None:
    assert [guard.ensure(PORT), guard.ensure(PORT), guard.ensure(OTHER)] == [True, False, True]
    assert guard.taps() == {PORT.tap, OTHER.tap}
    listed = _nft("list", "table", FAMILY, TABLE)
    for value in (PORT.mac, PORT.ipv4, PORT.ipv6, PORT.ipv6_link_local):
        assert f'"{PORT.tap}" . {value}' in listed
    assert [guard.remove(PORT), guard.remove(PORT)] == [True, False]
    assert guard.taps() == {OTHER.tap}


@pytest.mark.hypervisor
@pytest.mark.parametrize(
    "damage",
    [
        ["flush", "chain", FAMILY, TABLE, "guest_ipv6"],
        ["delete", "table", FAMILY, TABLE],
        ["delete", "element", FAMILY, TABLE, "port_mac", "{", f'"{PORT.tap}"', ".", PORT.mac, "}"],
        ["add", "element", FAMILY, TABLE, "port_ipv4", "{", f'"{PORT.tap}"', ".", "10.99.0.77", "}"],
    ],
)
def test_damage_is_repaired_by_the_next_ensure(guard: Guard, damage: list[str]) -> None:
    guard.ensure(PORT)
    whole = _nft("list", "table", FAMILY, TABLE)
    _nft(*damage)
    assert guard.ensure(PORT)
    assert _nft("list", "table", FAMILY, TABLE) == whole
    assert not guard.ensure(PORT)


@pytest.mark.hypervisor
def test_a_changed_address_replaces_the_old_one(guard: Guard) -> None:
    guard.ensure(PORT)
    assert guard.ensure(replace(PORT, ipv4="10.99.0.99"))
    listed = _nft("list", "set", FAMILY, TABLE, "port_ipv4")
    assert "10.99.0.99" in listed
    assert f"{PORT.ipv4} " not in listed


@pytest.mark.parametrize(
    "port",
    [
        replace(PORT, tap='jyt" } ; flush ruleset'),
        replace(PORT, tap="eth0"),
        replace(PORT, tap="jyt0123456789abc"),
        replace(PORT, mac="52:54:00:00:00:05 }"),
        replace(PORT, mac="52:54:00:00:00:05\n"),
        replace(PORT, ipv4="10.0.0.1/8"),
        replace(PORT, ipv6="fe80::1%eth0"),
    ],
)
def test_malformed_ports_never_reach_nft(port: PortSpec) -> None:
    with pytest.raises(JiyunError) as caught:
        Guard("h1").ensure(port)
    assert caught.value.code == "host.guard-failed"

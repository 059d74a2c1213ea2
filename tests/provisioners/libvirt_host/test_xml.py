"""Domain and network XML against golden files.  After a wanted change: ``JIYUN_GOLDEN=write pytest`` and read the diff."""

import os
from pathlib import Path

import pytest
from lxml import etree

from provisioners.libvirt_host.domain_xml import domain_xml, owner
from provisioners.libvirt_host.network_xml import host_xml, network_xml, reservations, segment_id
from provisioners.libvirt_host.storage_xml import disk_xml, facts, pool_xml
from provisioners.libvirt_host.xml import read
from provisioners.spec import SegmentSpec
from tests.provisioners import machines

SCHEMAS = Path("/usr/share/libvirt/schemas")
GOLDEN = Path(__file__).parent.parent / "golden"
DEBIAN, DISK, TINY = machines.image("debian"), machines.image("disk"), machines.image("tiny")
MACHINES = {
    "debian-data": machines.machine(2, DEBIAN, data=True),
    "tiny": machines.machine(3, TINY),
    "disk": machines.machine(4, DISK),
    "kvm": machines.machine(5, DEBIAN, virt_type="kvm"),
    "ipv6": machines.machine(6, TINY, segment=machines.SEGMENT),
}


def _same_as_golden(name: str, text: str, schema: str) -> None:
    golden = GOLDEN / name
    if os.environ.get("JIYUN_GOLDEN") == "write":
        golden.write_text(text)
    assert text == golden.read_text()
    rules = SCHEMAS / f"{schema}.rng"
    if rules.exists():  # libvirt's own rules, where libvirt is installed
        etree.RelaxNG(etree.parse(rules)).assertValid(read(text))


@pytest.mark.parametrize("name", MACHINES)
def test_domain(name: str) -> None:
    machine = MACHINES[name]
    text = domain_xml(machine, machines.paths(machine))
    _same_as_golden(f"domain-{name}.xml", text, "domain")
    assert owner(read(text)) == (machine.id, machine.store)
    assert "filterref" not in text
    assert "graphics" not in text


@pytest.mark.parametrize(("name", "segment"), [("ipv4", machines.SEGMENT_V4), ("ipv6", machines.SEGMENT)])
def test_network(name: str, segment: SegmentSpec) -> None:
    text = network_xml(segment)
    _same_as_golden(f"network-{name}.xml", text, "network")
    assert segment_id(read(text)) == segment.id
    assert reservations(read(text)) == []


def test_hostile_text_stays_text() -> None:
    assert read(host_xml(machines.port(2), '"><evil/>')).get("name") == '"><evil/>'


def test_volume_and_pool() -> None:
    volume = machines.machine(2, DEBIAN).root
    text = disk_xml(volume, ("/pool/base.qcow2", "qcow2"))
    _same_as_golden("volume.xml", text, "storagevol")
    _same_as_golden("pool.xml", pool_xml(machines.POOL), "storagepool")
    assert facts(read(text)) == ("qcow2", 64 * 1024 * 1024, "/pool/base.qcow2")

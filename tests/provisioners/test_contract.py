"""The Protocol's rules, held by both drivers: the same stories run in memory and on a real libvirt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from jiyun.errors import JiyunError
from provisioners.libvirt_host.kvm import boot_sector
from provisioners.memory import Datacentre
from provisioners.protocol import Found, Provisioner
from provisioners.spec import ImagePart, ImageSpec, MachineSpec, PoolSpec, VolumeSpec
from tests.provisioners import machines


@dataclass(frozen=True, slots=True)
class Site:
    """A host under test, a machine for it, and the file of its image."""

    host: Provisioner
    machine: MachineSpec
    source: Path


@pytest.fixture(params=["memory", pytest.param("libvirt", marks=pytest.mark.hypervisor)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    tmp_path.chmod(0o755)
    content = boot_sector().ljust(64 * 1024, b"\0")  # a guest that boots at once and halts
    part = ImagePart("root", sha256(content).hexdigest(), len(content), "raw")
    source = tmp_path / "image"
    source.write_bytes(content)
    image = ImageSpec("test", "disk", "0" * 64, (part,), 16)
    pool = PoolSpec("jy-contract", str(tmp_path / "pool"))
    machine = machines.machine(7, image, data=True, pool=pool)
    if request.param == "memory":
        opened: Provisioner = Datacentre().open_host(machines.HOST)
    else:
        from provisioners.libvirt_host import open_host

        opened = open_host(machines.HOST)
    with opened as host:
        yield Site(host, machine, source)
        _clear(host, machine)


def _clear(host: Provisioner, machine: MachineSpec) -> None:
    host.remove_domain(machine)
    host.remove_guard(machine.port)
    host.ensure_pool(machine.root.pool)
    host.remove_seed(machine)
    for volume in machine.volumes:
        host.remove_volume(volume, "unlink")
    for part in machine.image.parts:
        host.remove_image_part(machine.root.pool, part)
    host.remove_pool(machine.root.pool)
    host.remove_reservation(machine.port)
    host.remove_segment(machine.port.segment)


def _backing(machine: MachineSpec, volume: VolumeSpec) -> ImagePart | None:
    return machine.image.part("root") if volume.role == "root" else None


def _build(site: Site) -> list[bool]:
    host, machine = site.host, site.machine
    pool = machine.root.pool
    return [
        host.ensure_pool(pool),
        *(host.ensure_image_part(pool, part, site.source) for part in machine.image.parts),
        host.ensure_segment(machine.port.segment),
        host.ensure_reservation(machine.port, machine.hostname),
        host.ensure_guard(machine.port),
        *(host.ensure_volume(volume, _backing(machine, volume)) for volume in machine.volumes),
        host.ensure_seed(machine, b"seed" * 1024),
        host.ensure_defined(machine),
        host.ensure_running(machine),
    ]


def _destroy(site: Site) -> list[bool]:
    host, machine = site.host, site.machine
    pool = machine.root.pool
    return [
        host.ensure_off(machine, 0),
        host.remove_domain(machine),
        host.remove_guard(machine.port),
        host.remove_reservation(machine.port),
        host.remove_seed(machine),
        *(host.remove_volume(volume, "zero") for volume in machine.volumes),
        *(host.remove_image_part(pool, part) for part in machine.image.parts),
        host.remove_segment(machine.port.segment),
    ]


def test_everything_is_created_once_found_and_removed_once(site: Site) -> None:
    machine, pool = site.machine, site.machine.root.pool
    assert all(_build(site))
    assert not any(_build(site))
    found = site.host.found((pool,))
    names = {volume.name for volume in machine.volumes} | {machine.seed_volume} | {p.volume for p in machine.image.parts}
    assert found.domains == {machine.name: "running"}
    assert found.owners == {machine.name: machine.store}
    assert found.volumes == {pool.name: names}
    assert found.networks == {machine.port.segment.network}
    assert found.reservations == {machine.port.segment.network: {machine.port.mac}}
    assert found.guarded_taps == {machine.port.tap}
    assert set(site.host.stats((machine,))) == {machine.id}
    assert all(_destroy(site))
    assert not any(_destroy(site))
    assert site.host.power(machine) == "absent"
    assert site.host.found((pool,)) == Found(volumes={pool.name: set()})
    assert site.host.remove_pool(pool)
    assert not site.host.remove_pool(pool)


def test_what_is_not_ours_is_refused_and_left_alone(site: Site) -> None:
    host, machine = site.host, site.machine
    _build(site)
    before = host.found((machine.root.pool,))
    other_owner = replace(machine, store="99999999-2222-4333-8444-555555555555")
    bigger = replace(machine.root, size_mib=machine.root.size_mib + 1)
    segment = replace(machine.port.segment, uuid="6a05f1a2-0000-4000-8000-0000000000ff")
    neighbour = replace(machine.port, mac="52:54:00:00:00:63")
    moved = replace(machine.root.pool, path=machine.root.pool.path + "-other")
    refusals: tuple[Callable[[], object], ...] = (
        lambda: host.ensure_defined(other_owner),
        lambda: host.ensure_off(other_owner, 0),
        lambda: host.remove_domain(other_owner),
        lambda: host.ensure_defined(replace(machine, name="jy-m7b")),  # the UUID is taken
        lambda: host.ensure_volume(bigger, _backing(machine, bigger)),
        lambda: host.remove_volume(bigger, "zero"),
        lambda: host.ensure_segment(segment),
        lambda: host.remove_segment(segment),
        lambda: host.ensure_reservation(neighbour, "thief"),
        lambda: host.ensure_pool(moved),
        lambda: host.ensure_seed(machine, b"other"),
    )
    for refused in refusals:
        with pytest.raises(JiyunError) as caught:
            refused()
        assert caught.value.code == "provision.not-ours", caught.value
    assert not host.remove_reservation(neighbour)
    assert host.found((machine.root.pool,)) == before


def test_a_machine_without_its_files_is_not_defined(site: Site) -> None:
    site.host.ensure_pool(site.machine.root.pool)
    site.host.ensure_segment(site.machine.port.segment)
    for attempt in (site.host.ensure_defined, site.host.ensure_running, site.host.reboot):
        with pytest.raises(JiyunError) as caught:
            attempt(site.machine)
        assert caught.value.code == "host.libvirt-failed"
    assert site.host.power(site.machine) == "absent"
    assert not site.host.ensure_off(site.machine, 5)


def test_an_image_under_a_disk_is_not_removed(site: Site) -> None:
    pool, part = site.machine.root.pool, site.machine.image.parts[0]
    site.host.ensure_pool(pool)
    site.host.ensure_image_part(pool, part, site.source)
    site.host.ensure_volume(site.machine.root, part)
    with pytest.raises(JiyunError, match="is built on it"):
        site.host.remove_image_part(pool, part)
    assert site.host.remove_volume(site.machine.root, "unlink")
    assert site.host.remove_image_part(pool, part)

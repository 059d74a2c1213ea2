"""Images: what is declared binds what is brought."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from tests.support import raw
from tests.support.world import World
from workflows import images, order
from workflows.progress import Progress

OTHER = "1" * 64


def declare(world: World, sha256: str) -> None:
    raw.change(world.store, "INSERT INTO image VALUES ('appliance', 'disk', '/srv/a.raw', :sha256)", sha256=sha256)


def test_what_is_built_is_not_imported_and_the_other_way_round(world: World, tmp_path: Path) -> None:
    declare(world, "")
    session = world.session("operator")
    acts: tuple[Callable[[], object], ...] = (
        lambda: images.build(session, "appliance", Progress()),
        lambda: images.bring(session, "tiny", tmp_path / "x", OTHER),
    )
    for act in acts:
        with pytest.raises(JiyunError) as caught:
            act()
        assert (caught.value.code, caught.value.exit) == ("image.origin", Exit.CONFLICT)


@pytest.mark.parametrize("known", [False, True])
def test_the_declared_checksum_binds(world: World, tmp_path: Path, known: bool) -> None:
    disk = tmp_path / "disk.raw"
    disk.write_bytes(bytes(1 << 20))
    right = hashlib.sha256(disk.read_bytes()).hexdigest()
    declare(world, OTHER)
    kept = world.session("operator").image_folder / right
    if known:
        kept.write_bytes(disk.read_bytes())
    with pytest.raises(JiyunError) as caught:
        images.bring(world.session("operator"), "appliance", disk, right)
    assert (caught.value.code, caught.value.fields["expected"]) == ("image.checksum", OTHER)
    assert kept.exists() is known
    raw.change(world.store, "UPDATE image SET sha256 = :sha256 WHERE name = 'appliance'", sha256=right)
    assert images.bring(world.session("operator"), "appliance", disk, right.upper()).kind == "disk"


def test_a_host_that_was_never_probed_does_not_stand_in_the_way(world: World) -> None:
    """One that would be preferred by name and room is passed over for one that is known to run guests."""
    columns = "site, uri, clouds, virtualisation, vcpus, vcpu_ratio, memory_mib, protection_level, synthetic"
    raw.change(world.store, f"INSERT INTO host (name, {columns}) SELECT 'a-new-host', {columns} FROM host")
    raw.change(world.store, "INSERT INTO pool SELECT 'a-new-host', name, path, tier, capacity_mib FROM pool")
    number = world.reviewed()
    machine, _ = order.approve(world.session("reviewer"), number)
    assert machine.host.name == "host1"


def test_a_secret_that_is_not_the_plan_s_is_noticed_before_the_guest_boots(world: World) -> None:
    number = world.approved()
    secret = world.session("operator").secret_file
    right = secret.read_bytes()
    secret.write_bytes(bytes(32))
    with pytest.raises(JiyunError) as caught:
        world.fulfil(number)
    assert caught.value.code == "secret.unsafe"
    assert world.state_of(number) == "failed"
    secret.write_bytes(right)
    assert world.fulfil(number) == "done"

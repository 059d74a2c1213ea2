"""What an order is refused for, in words and numbers, and that a refusal holds nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from inventory import machines
from jiyun.errors import Exit, JiyunError
from provisioners.images.cache import ImageCache, digest_of
from provisioners.spec import ImageSpec
from quotas.limits import Limit, put_limit
from tests.support import raw
from tests.support.world import World, example, spec, tiny_image
from workflows import estate_apply, images, order
from workflows.planning import decode_machine
from workflows.setup import advance_clock, upgrade_schema


def refusal(world: World, number: str) -> JiyunError:
    """Approving is refused, and nothing at all is different afterwards."""
    before = raw.dump(world.store)
    for dry_run in (True, False):
        with pytest.raises(JiyunError) as caught:
            order.approve(world.session("reviewer"), number, dry_run=dry_run)
    assert raw.dump(world.store) == before
    assert world.state_of(number) == "reviewed"
    return caught.value


def limit(world: World, node: str, resource_class: str, amount: int) -> None:
    with world.store.write("operator") as tx:
        put_limit(tx, Limit(node, "administrative", resource_class, amount))


@pytest.mark.parametrize("node", ["city", "finance"])
@pytest.mark.parametrize(
    ("dimension", "most", "numbers"),
    [
        ("vcpu", 1, "vcpu limit 1, in use 1, asked 1, short by 1"),
        ("memory", 255, "memory limit 255MiB, in use 128MiB, asked 128MiB, short by 1MiB"),
        ("machines", 1, "machines limit 1, in use 1, asked 1, short by 1"),
        ("disk.standard", 1151, "disk.standard limit 1151MiB, in use 576MiB, asked 576MiB, short by 1MiB"),
        ("volumes", 3, "volumes limit 3, in use 2, asked 2, short by 1"),
        ("addresses", 1, "addresses limit 1, in use 1, asked 1, short by 1"),
    ],
)
def test_a_quota_that_is_short_by_one(world: World, node: str, dimension: str, most: int, numbers: str) -> None:
    limit(world, node, dimension, most)
    world.approved()
    error = refusal(world, world.reviewed(hostname="budget-2"))
    assert (error.code, error.exit) == ("quota.exceeded", Exit.QUOTA)
    assert f"The quota of {node} in the administrative cloud does not allow this: {numbers}." in error.message()
    failed = error.fields["failed"]
    assert isinstance(failed, list)
    assert [(one["node"], one["dimension"], one["limit"]) for one in failed] == [(node, dimension, most)]


def test_every_shortage_is_listed(world: World) -> None:
    limit(world, "finance", "vcpu", 0)
    limit(world, "city", "memory", 100)
    failed = refusal(world, world.reviewed()).fields["failed"]
    assert isinstance(failed, list)
    assert [(one["node"], one["dimension"]) for one in failed] == [("finance", "vcpu"), ("city", "memory")]


@pytest.mark.parametrize(
    ("shrink", "dimension", "numbers"),
    [
        ("UPDATE host SET vcpus = 1, vcpu_ratio = 100", "vcpu", "vcpu limit 1, in use 1, asked 1"),
        ("UPDATE host SET memory_mib = 255", "memory", "memory limit 255 MiB, in use 128 MiB, asked 128 MiB"),
        ("UPDATE pool SET capacity_mib = 1151", "disk", "disk.standard limit 1151 MiB, in use 576 MiB, asked 576 MiB"),
    ],
)
def test_a_host_without_room(world: World, shrink: str, dimension: str, numbers: str) -> None:
    world.approved()
    raw.change(world.store, shrink)
    error = refusal(world, world.reviewed(hostname="budget-2"))
    assert (error.code, error.exit) == ("capacity.none", Exit.QUOTA)
    assert f"the nearest is host1: {numbers}." in error.message()


def test_a_full_segment(world: World) -> None:
    raw.change(world.store, "UPDATE segment SET ipv4_cidr = '10.90.1.0/30'")
    number = world.approved()
    error = refusal(world, world.reviewed(hostname="budget-2"))
    assert (error.code, error.exit) == ("segment.full", Exit.QUOTA)
    assert "Segment finance (10.90.1.0/30) is full: 1 of its 1 addresses are taken." in error.message()
    world.cancel(number)
    order.approve(world.session("reviewer"), "ord-000002")


@pytest.mark.parametrize(
    ("change", "code", "status", "said"),
    [
        ("UPDATE host SET virt_type = ''", "host.not-probed", Exit.CONFLICT, "jiyun host probe host1"),
        ("UPDATE image_content SET removed_at = 1", "image.not-ready", Exit.NOT_FOUND, "jiyun image build tiny"),
        ("UPDATE system SET department = 'city'", "order.foreign", Exit.POLICY, "system budget belongs to city, not to finance"),
        ("UPDATE segment SET department = 'city'", "order.foreign", Exit.POLICY, "segment finance belongs to city"),
        ("UPDATE segment SET cloud = 'public'", "order.other-cloud", Exit.POLICY, "segment finance is in the public cloud"),
        ("UPDATE system SET cloud = 'public'", "order.other-cloud", Exit.POLICY, "system budget is in the public cloud"),
        ("UPDATE host SET clouds = '[\"public\"]'", "placement.no-host", Exit.POLICY, "administrative cloud"),
        ("UPDATE system SET protection_level = 4", "placement.no-host", Exit.POLICY, "protection level 4"),
    ],
)
def test_what_changed_since_the_application(world: World, change: str, code: str, status: Exit, said: str) -> None:
    number = world.reviewed()
    raw.change(world.store, "INSERT INTO cloud (name, title_zh, title_en) VALUES ('public', '公', 'Public')")
    raw.change(world.store, change)
    error = refusal(world, number)
    assert (error.code, error.exit) == (code, status)
    assert said in error.message()


def test_a_host_name_that_the_department_has_already(world: World) -> None:
    late = world.reviewed()  # both apply while the name is free
    world.approved()
    error = refusal(world, late)
    assert (error.code, error.exit) == ("vm.hostname-taken", Exit.CONFLICT)
    with pytest.raises(JiyunError) as caught:
        world.submit()
    assert caught.value.code == "vm.hostname-taken"


@pytest.mark.parametrize(
    ("fields", "code", "status"),
    [
        ({"system": "nothing"}, "inventory.unknown", Exit.NOT_FOUND),
        ({"segment": "nothing"}, "inventory.unknown", Exit.NOT_FOUND),
        ({"flavor": "nothing"}, "inventory.unknown", Exit.NOT_FOUND),
        ({"image": "nothing"}, "inventory.unknown", Exit.NOT_FOUND),
        ({"cloud": "public"}, "order.other-cloud", Exit.POLICY),
        ({"department": "city"}, "permission.denied", Exit.NOT_PERMITTED),
        ({"department": "nowhere"}, "department.unknown", Exit.NOT_FOUND),
    ],
)
def test_an_application_that_names_what_is_not(world: World, fields: dict[str, str], code: str, status: Exit) -> None:
    before = raw.dump(world.store)
    with pytest.raises(JiyunError) as caught:
        world.submit(**fields)
    assert (caught.value.code, caught.value.exit) == (code, status)
    assert raw.dump(world.store) == before


def test_an_image_in_use_stays(world: World) -> None:
    number = world.approved()
    with pytest.raises(JiyunError) as caught:
        images.remove(world.session("operator"), "tiny")
    assert (caught.value.code, caught.value.exit) == ("image.in-use", Exit.CONFLICT)
    session = world.session("operator")
    images.adopt(session, "tiny", tiny_image(session, b"newer"))  # a newer one for later orders; this order keeps its own
    assert world.fulfil(number) == "done"
    world.cancel(world.approved(hostname="budget-2"))
    assert len(images.remove(session, "tiny", opening=world.hosts.open_host)) == 64


def test_removing_an_image_leaves_the_files_that_others_stand_on(world: World) -> None:
    number, session, cache = world.active(), world.session("operator"), ImageCache(world.home / "images")
    with world.store.read() as tx:
        row = machines.of_order(tx, number)
    assert row
    shared = decode_machine(row["spec"]).image.parts[0]
    newer = tiny_image(session, b"newer")
    parts = (shared, newer.parts[1])
    images.adopt(session, "tiny", ImageSpec("tiny", "tiny", digest_of(parts), parts, 64))
    images.remove(session, "tiny", opening=world.hosts.open_host)
    assert cache.has(shared.sha256)
    assert not cache.has(newer.parts[1].sha256)
    assert ("demo", shared.volume) in world.hosts.hosts["host1"].volumes


def test_an_image_file_that_was_changed_is_not_used(world: World) -> None:
    number = world.approved()
    for file in (world.home / "images").iterdir():
        file.chmod(0o644)
        file.write_bytes(b"something else")
    with pytest.raises(JiyunError) as caught:
        world.fulfil(number)
    assert (caught.value.code, caught.value.exit) == ("image.checksum", Exit.EXTERNAL)
    assert world.state_of(number) == "failed"


def estate_plan(world: World) -> None:
    file = world.home / "other.yaml"
    file.write_text(example("minimal", ("vcpu_ratio: 4", "vcpu_ratio: 8")))
    outcome = estate_apply.plan(world.session("operator"), file)
    assert [(change.action, change.name) for change in outcome.changes] == [("host.change", "host1")]


DRY: dict[str, Callable[[World], object]] = {
    "submit": lambda w: order.submit(w.session("applicant"), spec(hostname="budget-9"), dry_run=True),
    "review": lambda w: order.review(w.session("reviewer"), "ord-000001", ("security",), passed=False, comment="x", dry_run=True),
    "reject": lambda w: order.reject(w.session("reviewer"), "ord-000002", "x", dry_run=True),
    "withdraw": lambda w: order.withdraw(w.session("applicant"), "ord-000002", "x", dry_run=True),
    "approve": lambda w: order.approve(w.session("reviewer"), "ord-000002", dry_run=True),
    "plan": estate_plan,
    "image remove": lambda w: images.remove(w.session("operator"), "tiny", dry_run=True),
    "clock": lambda w: advance_clock(w.session("operator"), 4_000_000_000, dry_run=True),
    "upgrade": lambda w: upgrade_schema(w.store.url, "operator", dry_run=True),
}


@pytest.mark.parametrize("act", DRY)
def test_a_dry_run_changes_nothing(world: World, act: str) -> None:
    world.submit()
    world.reviewed(hostname="budget-2")
    before, files = raw.dump(world.store), sorted(Path(world.home / "images").iterdir())
    DRY[act](world)
    assert raw.dump(world.store) == before
    assert sorted(Path(world.home / "images").iterdir()) == files


def test_a_dry_run_promises_what_the_real_run_does(world: World) -> None:
    number = world.reviewed()
    promised = order.approve(world.session("reviewer"), number, dry_run=True)
    assert order.approve(world.session("reviewer"), number) == promised

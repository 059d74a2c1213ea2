"""Rules that an estate file cannot be used to get around."""

from pathlib import Path

from jiyun.errors import JiyunError
from tests.support.world import World, example
from workflows import estate_apply

GRANT = ("roles: [operator@city], synthetic", "roles: [operator@city, approver@city], synthetic")
LOWER = ("protection_level: 2", "protection_level: 1")


def applied(world: World, tmp_path: Path, actor: str, *changes: tuple[str, str]) -> str:
    """The code that an apply of the changed example was refused with, or ""."""
    file = tmp_path / "changed.yaml"
    file.write_text(example("minimal", *changes), encoding="utf-8")
    try:
        estate_apply.apply(world.session(actor), file)
    except JiyunError as error:
        return error.code
    return ""


def test_nobody_gives_roles_to_himself(world: World, tmp_path: Path) -> None:
    assert applied(world, tmp_path, "operator", GRANT) == "permission.own-roles"


def test_a_level_does_not_fall_while_a_machine_runs(world: World, tmp_path: Path) -> None:
    number = world.active()
    assert applied(world, tmp_path, "operator", LOWER) == "store.refused"  # else the wipe at the end would be skipped
    world.delete(world.machine(number))
    assert applied(world, tmp_path, "operator", LOWER) == ""

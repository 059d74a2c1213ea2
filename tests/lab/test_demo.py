"""What ``./dev demo`` and ``./dev clean`` stand on: names, settings of its own, and a sweep that touches nothing of others."""

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from jiyun import ids
from lab import demo, demo_clean
from lab.narrator import ROOT, CommandFailed, Narrator, shown

if TYPE_CHECKING:
    from provisioners.images.cache import ImageCache
    from provisioners.spec import ImageSpec

STORE = "7d3f1c86-5a34-4a5e-9a53-0f5f0a3f8e11"
POOL = "jiyun-demo"


def test_wrong_usage_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIYUN_HOME", raising=False)
    assert demo.main([]) == 2
    assert demo.main(["--wipe"]) == 2
    assert capsys.readouterr().err.startswith("usage: JIYUN_HOME=DIR")


def test_a_command_is_shown_as_one_types_it() -> None:
    assert shown(("vm", "ssh", "tax-1", "--", "echo", "a b")) == "jiyun vm ssh tax-1 -- echo 'a b'"
    assert CommandFailed(("doctor",), -9).status == 137
    assert CommandFailed(("doctor",), 9).status == 9


def test_only_names_that_the_store_can_have_given_out_are_its_own(tmp_path: Path) -> None:
    part = "ab" * 32
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / part).touch()
    names = demo_clean._names(STORE, tmp_path, yaml.safe_load(demo_clean.ESTATE.read_text()))
    short = ids.derive_short(STORE, "machine", "ord-000007")
    other = ids.derive_short(STORE.replace("7", "8"), "machine", "ord-000007")
    for name in (
        f"jy-{short}",
        f"jy-{short}-root.qcow2",
        f"jy-{short}-seed.raw.part",
        f"jy-{short}.log",
        f"jy-{short}-serial.log",
    ):
        assert names.machine_of(name), name
    for name in (f"jy-{other}-root.qcow2", f"{short}-root.qcow2", f"jy-{short}x", "disk.qcow2", ""):
        assert not names.machine_of(name), name
    assert names.images == {f"jy-img-{part[:20]}"}
    assert names.networks[f"jy-{ids.derive_short(STORE, 'segment', 'taxation-adm')}"] == ids.derive_uuid(
        STORE, "segment", "taxation-adm"
    )


def test_the_story_speaks_of_what_the_estate_declares() -> None:
    estate = yaml.safe_load((ROOT / demo.ESTATE).read_text())
    names = {part: {row["name"] for row in estate[part]} for part in ("people", "systems", "images", "hosts", "segments")}
    people = {demo.APPLICANT, demo.OPERATOR, demo.APPROVER, demo.FINANCE, demo.AUDITOR, *demo.REVIEWERS.values()}
    assert people <= names["people"]
    assert {demo.SYSTEM} <= names["systems"] and {demo.IMAGE} <= names["images"] and {demo.HOST} <= names["hosts"]
    assert f"{demo.DEPARTMENT}-adm" in names["segments"]


def test_clean_where_nothing_is_says_nothing_wrong(tmp_path: Path) -> None:
    demo_clean.clean(Narrator(tmp_path / "home"))
    assert not (tmp_path / "home").exists()


def virsh(*words: str) -> str:
    command = ["virsh", "--connect", "qemu:///system", "--quiet", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.fixture
def half_built(tmp_path: Path, tiny_image: "ImageSpec", image_cache: "ImageCache", monkeypatch: pytest.MonkeyPatch) -> Narrator:
    """A demo store whose machine runs, killed before that was recorded, and then its database destroyed."""
    from workflows import images
    from workflows.session import open_session

    narrator = Narrator(tmp_path / "home")
    demo._own_settings(narrator.home)
    narrator.run("init")
    narrator.run("--as", demo.OPERATOR, "apply", "-f", demo.ESTATE)
    (narrator.home / "images").mkdir()
    for part in tiny_image.parts:
        (narrator.home / "images" / part.sha256).symlink_to(image_cache.path(part))
    with open_session(f"sqlite:///{narrator.home / 'jiyun.db'}", narrator.home, demo.OPERATOR) as session:
        images.adopt(session, "tiny", tiny_image)
    narrator.run("--as", demo.OPERATOR, "host", "probe", demo.HOST)
    # fmt: off
    narrator.run(
        "--as", demo.APPLICANT, "order", "submit", "--system", demo.SYSTEM, "--flavor", "tiny.1", "--image", "tiny",
        "--segment", "taxation-adm", "--hostname", demo.HOSTNAME,
    )
    # fmt: on
    narrator.run("--as", "reviewer-egov", "order", "review", "ord-000001", "--all", "--pass")
    narrator.run("--as", demo.APPROVER, "order", "approve", "ord-000001")
    demo_clean.note_store(narrator)
    monkeypatch.setenv("JIYUN_KILL_AT", "start:after")
    with pytest.raises(CommandFailed) as killed:
        Narrator(narrator.home).run("--as", demo.OPERATOR, "order", "fulfil", "ord-000001")
    assert killed.value.status == 137
    for file in narrator.home.glob("jiyun.db*"):
        file.write_bytes(b"not a database" * 1000)
    return narrator


@pytest.mark.hypervisor
def test_clean_of_a_destroyed_store_leaves_nothing_of_it_and_all_of_others(half_built: Narrator) -> None:
    from provisioners.libvirt_host.guard import Guard
    from provisioners.libvirt_host.guard_rules import FAMILY, TABLE

    store = json.loads((half_built.home / demo_clean.NOTE).read_text())["store"]
    name = f"jy-{ids.derive_short(store, 'machine', 'ord-000001')}"
    assert name in virsh("list", "--name") and len(Guard("host1").taps()) == 1
    stranger = "jy-0000000000-root.qcow2"
    virsh("vol-create-as", POOL, stranger, "1M", "--format", "qcow2")

    demo_clean.clean(half_built)

    assert virsh("list", "--all", "--name").split() == virsh("net-list", "--all", "--name").split() == []
    assert [line.split()[0] for line in virsh("vol-list", POOL).splitlines()] == [stranger]
    assert (
        TABLE
        not in subprocess.run(["nft", "list", "tables", FAMILY], capture_output=True, text=True, timeout=20, check=True).stdout
    )
    assert list(demo_clean.QEMU_LOGS.glob(f"{name}*")) == []
    assert not half_built.home.exists()

    virsh("vol-delete", stranger, POOL)
    demo_clean._sweep(store, half_built.home)  # nothing of others is left in the pool now
    assert POOL not in virsh("pool-list", "--all", "--name")

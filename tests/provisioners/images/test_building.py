"""The parts of the builders that need no guest: the archive, the tools, the order of modules, the failure paths."""

import gzip
import subprocess
from pathlib import Path

import pytest

from jiyun.errors import JiyunError
from provisioners.images import cpio, debian, tiny
from provisioners.images.cache import ImageCache
from provisioners.images.kernel import Kernel, modules_in_order
from provisioners.images.recipe import recipe_digest
from provisioners.images.tools import ToolFailed, locate, run, stage


def test_another_program_reads_the_archive(tmp_path: Path) -> None:
    entries = [cpio.folder("etc"), cpio.file("etc/name", b"value\n", 0o640), cpio.link("etc/alias", "name")]
    archive = gzip.decompress(cpio.pack(entries))
    subprocess.run(["busybox", "cpio", "-i", "-d"], input=archive, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "etc/alias").read_bytes() == b"value\n"
    assert (tmp_path / "etc/alias").readlink() == Path("name")
    assert (tmp_path / "etc/name").stat().st_mode & 0o777 == 0o640
    assert cpio.pack(entries) == cpio.pack(entries)


def test_a_module_comes_after_what_it_needs(tmp_path: Path) -> None:
    needs = {"virtio-blk": b"virtio,virtio_ring", "virtio": b"virtio_ring", "virtio_ring": b"", "unused": b""}
    for name, depends in needs.items():
        (tmp_path / f"{name}.ko").write_bytes(b"\x7fELF\0depends=" + depends + b"\0name=x\0")
    found = modules_in_order(Kernel(tmp_path / "vmlinuz", tmp_path), ["virtio_blk", "built_in"])
    assert [path.stem for path in found] == ["virtio_ring", "virtio", "virtio-blk"]


def test_a_missing_program_names_its_package() -> None:
    with pytest.raises(JiyunError, match="mmdebstrap is not installed; install the package mmdebstrap"):
        locate("mmdebstrap", path="/nowhere")


def test_a_program_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with pytest.raises(ToolFailed, match=r"did not end within 0\.5 s"):
        run(["unshare", "sh", "-c", f"(sleep 1.5; touch {mark}) & wait"], timeout=0.5)
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(["sleep", "5"], timeout=1.5, check=True)
    assert not mark.exists()


def test_the_last_line_of_the_log_is_the_reason(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(JiyunError) as caught, stage("name", "place", log):
        run(["unshare", "sh", "-c", "echo first >&2; echo the reason >&2; exit 3"], timeout=10, log=log)
    assert str(caught.value) == f"Building image name failed at place: unshare: the reason. Nothing was kept; the log is {log}."
    assert log.read_text() == "first\nthe reason\n"


@pytest.mark.parametrize("build", [tiny.build_tiny, debian.build_debian12])
def test_a_build_that_fails_leaves_nothing(build: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(build)
    monkeypatch.setenv("APT_CONFIG", str(_no_sources(tmp_path)))
    cache = ImageCache(tmp_path / "cache")
    with pytest.raises(JiyunError) as caught:
        build(cache, tmp_path / "work", lambda _stage: None)
    assert caught.value.code == "image.build-failed"
    assert not (tmp_path / "work").exists()
    assert not cache.root.exists()


def _no_sources(tmp_path: Path) -> Path:
    """An apt configuration that knows no package at all."""
    for name in ("lists/partial", "parts", "state"):
        (tmp_path / "apt" / name).mkdir(parents=True)
    (tmp_path / "apt/status").touch()
    root = tmp_path / "apt"
    settings = {"Dir::State::lists": root / "lists", "Dir::State::status": root / "status"}
    settings |= {"Dir::Etc::sourcelist": root / "none", "Dir::Etc::sourceparts": root / "parts"}
    file = root / "apt.conf"
    file.write_text("".join(f'{name} "{value}";\n' for name, value in settings.items()))
    return file


def test_a_recipe_has_one_digest() -> None:
    assert recipe_digest("debian") == recipe_digest("debian") != recipe_digest("tiny") == recipe_digest("tiny")

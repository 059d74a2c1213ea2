"""A wipe reaches the blocks on the device: a file system in a loop file is searched before and after."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioners.libvirt_host import wipe

MARK = b"citizen-record-4711!"
MIB = 1024 * 1024


def _qcow2(path: Path, mark: bytes) -> None:
    """A sparse qcow2 disk of 64 MiB with ``mark`` written at 20 MiB of the guest's disk."""
    raw = path.with_suffix(".content")
    raw.write_bytes(mark * 1000)
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(path), "64M"], check=True, timeout=60)
    pattern = f"write -s {raw} {20 * MIB} {len(mark) * 1000 // 512 * 512}"
    subprocess.run(["qemu-io", "-c", pattern, str(path)], check=True, timeout=60, capture_output=True)
    raw.unlink()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A device file and the directory where its ext4 file system is mounted."""
    image, mount = tmp_path / "device.img", tmp_path / "mount"
    mount.mkdir()
    image.touch()
    os.truncate(image, 128 * MIB)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, timeout=60)
    subprocess.run(["mount", "-o", "loop", str(image), str(mount)], check=True, timeout=60)
    yield image, mount
    subprocess.run(["umount", str(mount)], check=True, timeout=60)


def _on_device(image: Path) -> bool:
    os.sync()
    with image.open("rb") as file:
        return MARK in file.read()


@pytest.mark.hypervisor
@pytest.mark.parametrize("wiped", [False, True])
def test_blocks_after_delete(device: tuple[Path, Path], wiped: bool) -> None:
    image, mount = device
    disk = mount / "d.qcow2"
    _qcow2(disk, MARK)
    assert _on_device(image)
    if wiped:
        assert wipe.overwrite(disk) > len(MARK) * 1000
        assert wipe.blank(disk)
    disk.unlink()
    assert _on_device(image) is not wiped  # without the wipe the blocks keep their content


def test_the_head_goes_last_and_holes_are_skipped(tmp_path: Path) -> None:
    disk = tmp_path / "sparse"
    with disk.open("wb") as file:
        file.write(MARK)
        file.seek(50 * MIB)
        file.write(MARK)
        file.truncate(100 * MIB)
    assert wipe.overwrite(disk) < MIB
    assert disk.stat().st_size == 100 * MIB
    assert not any(disk.read_bytes())
    assert wipe.overwrite(disk) < MIB


def test_a_file_in_use_is_refused(tmp_path: Path) -> None:
    disk = tmp_path / "d.qcow2"
    _qcow2(disk, MARK)
    before = disk.read_bytes()
    qemu = subprocess.Popen(["qemu-io", str(disk)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert qemu.stdin is not None and qemu.stdout is not None
    try:
        qemu.stdin.write("length\n")
        qemu.stdin.flush()
        assert "64 MiB" in qemu.stdout.readline()
        with pytest.raises(wipe.InUse):
            wipe.overwrite(disk)
        with pytest.raises(wipe.InUse):
            wipe.check_unused(disk)
    finally:
        qemu.communicate("quit\n", timeout=30)
    assert disk.read_bytes() == before

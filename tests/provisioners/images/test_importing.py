"""Importing a disk: what is no disk on its own is refused with the reason, and nothing of it is kept."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from provisioners.images.cache import ImageCache, digest_of
from provisioners.images.importing import import_disk
from provisioners.spec import ImageSpec


@pytest.fixture
def cache(tmp_path: Path) -> ImageCache:
    return ImageCache(tmp_path / "cache")


def _create(path: Path, size: str, *options: str) -> Path:
    form = options or ("-f", "qcow2")
    subprocess.run(["qemu-img", "create", "-q", *form, str(path), size], check=True, timeout=60)
    return path


def _take(cache: ImageCache, file: Path) -> ImageSpec:
    return import_disk(cache, file, hashlib.sha256(file.read_bytes()).hexdigest().upper(), "brought")


def _refusal(cache: ImageCache, file: Path) -> str:
    with pytest.raises(JiyunError) as caught:
        _take(cache, file)
    assert (caught.value.code, caught.value.exit) == ("image.unreadable", Exit.USAGE)
    assert not cache.root.exists() or list(cache.root.iterdir()) == []
    return str(caught.value)


@pytest.mark.parametrize("form", ["qcow2", "raw"])
def test_a_disk_is_taken_with_the_format_it_has(cache: ImageCache, tmp_path: Path, form: str) -> None:
    image = _take(cache, _create(tmp_path / "disk.img", "3M", "-f", form))
    part = image.parts[0]
    assert (image.kind, image.name, image.virtual_mib, image.digest) == ("disk", "brought", 3, digest_of(image.parts))
    assert (part.role, part.format) == ("root", form)
    cache.verify(part)


def test_a_wrong_checksum_is_said_and_nothing_is_kept(cache: ImageCache, tmp_path: Path) -> None:
    file = _create(tmp_path / "disk.qcow2", "3M")
    with pytest.raises(JiyunError) as caught:
        import_disk(cache, file, "0" * 64, "brought")
    actual = hashlib.sha256(file.read_bytes()).hexdigest()
    assert str(caught.value).startswith(f"{file} has SHA-256 {actual}, expected {'0' * 64}; the file was not taken.")
    assert list(cache.root.iterdir()) == []


def test_a_backing_file_is_refused(cache: ImageCache, tmp_path: Path) -> None:
    base = _create(tmp_path / "base.qcow2", "3M")
    file = _create(tmp_path / "top.qcow2", "3M", "-f", "qcow2", "-F", "qcow2", "-b", str(base))
    assert "needs a backing file" in _refusal(cache, file)


def test_a_data_file_is_refused(cache: ImageCache, tmp_path: Path) -> None:
    file = _create(tmp_path / "top.qcow2", "3M", "-f", "qcow2", "-o", f"data_file={tmp_path / 'data'},data_file_raw=on")
    assert "its data is in another file" in _refusal(cache, file)


def test_encryption_is_refused(cache: ImageCache, tmp_path: Path) -> None:
    options = (
        "-f",
        "qcow2",
        "--object",
        "secret,id=s,data=x",
        "-o",
        "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10",
    )
    assert "it is encrypted" in _refusal(cache, _create(tmp_path / "secret.qcow2", "3M", *options))


def test_an_absurd_size_is_refused(cache: ImageCache, tmp_path: Path) -> None:
    assert "permitted is 1 to 2097152 MiB" in _refusal(
        cache, _create(tmp_path / "huge.qcow2", "100T", "-f", "qcow2", "-o", "cluster_size=2M")
    )


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"KDMV", "it is VMDK"),
        (b"vhdxfile", "it is VHDX"),
        (b"\x1f\x8b\x08", "it is gzip"),
        (b"QFI\xfb\0\0\0\3", "within its header"),
    ],
)
def test_what_is_no_disk_is_named(cache: ImageCache, tmp_path: Path, head: bytes, said: str) -> None:
    file = tmp_path / "thing"
    file.write_bytes(head)
    assert said in _refusal(cache, file)


def test_a_damaged_qcow2_and_an_empty_file_are_refused(cache: ImageCache, tmp_path: Path) -> None:
    file = tmp_path / "broken.qcow2"
    file.write_bytes(b"QFI\xfb\0\0\0\3" + b"\xff" * 8 + b"\0" * 200)
    _refusal(cache, file)
    file.write_bytes(b"")
    assert "its disk has 0 bytes" in _refusal(cache, file)


def test_a_missing_file_is_said(cache: ImageCache, tmp_path: Path) -> None:
    with pytest.raises(JiyunError) as caught:
        import_disk(cache, tmp_path / "nowhere", "0" * 64, "brought")
    assert "there is no such file" in str(caught.value)

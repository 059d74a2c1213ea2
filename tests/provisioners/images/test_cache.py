"""The image store: content decides the name, and only what is complete is there."""

import hashlib
import stat
from pathlib import Path

import pytest

from jiyun.errors import JiyunError
from provisioners.images.cache import ImageCache, digest_of
from provisioners.spec import ImagePart

_CONTENT = b"\0" * (3 << 20) + b"end"


@pytest.fixture
def cache(tmp_path: Path) -> ImageCache:
    return ImageCache(tmp_path / "cache")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "disk"
    path.write_bytes(_CONTENT)
    return path


def test_a_part_is_kept_under_its_sha256_and_cannot_be_written(cache: ImageCache, file: Path) -> None:
    part = cache.take(file, "root", "raw")
    assert part == ImagePart("root", hashlib.sha256(_CONTENT).hexdigest(), len(_CONTENT), "raw")
    assert cache.path(part).read_bytes() == _CONTENT
    assert stat.S_IMODE(cache.path(part).stat().st_mode) == 0o444
    assert file.exists()
    cache.verify(part)


def test_zeros_take_no_room(cache: ImageCache, file: Path) -> None:
    assert cache.path(cache.take(file, "root", "raw")).stat().st_blocks * 512 < 1 << 20


def test_the_same_content_twice_is_one_file(cache: ImageCache, file: Path) -> None:
    assert cache.take(file, "root", "raw") == cache.take(file, "root", "raw")
    assert len(list(cache.root.iterdir())) == 1


def test_another_content_than_expected_is_not_taken(cache: ImageCache, file: Path) -> None:
    with pytest.raises(JiyunError) as caught:
        cache.take(file, "root", "raw", expected="0" * 64)
    assert caught.value.code == "image.checksum"
    assert list(cache.root.iterdir()) == []


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_verify_sees_damage(cache: ImageCache, file: Path, damage: str) -> None:
    part = cache.take(file, "root", "raw")
    path = cache.path(part)
    path.unlink()
    if damage == "changed":
        path.write_bytes(b"other")
    with pytest.raises(JiyunError) as caught:
        cache.verify(part)
    assert caught.value.code == "image.checksum"
    assert str(path) in str(caught.value)


def test_drop_may_be_repeated(cache: ImageCache, file: Path) -> None:
    part = cache.take(file, "root", "raw")
    cache.drop(part)
    cache.drop(part)
    assert not cache.has(part.sha256)


def test_the_digest_depends_on_every_field_and_on_the_order() -> None:
    one, two = ImagePart("kernel", "a" * 64, 1, "raw"), ImagePart("initrd", "b" * 64, 2, "raw")
    digests = {digest_of(parts) for parts in ((one, two), (two, one), (one,), (ImagePart("kernel", "a" * 64, 2, "raw"), two))}
    assert len(digests) == 4

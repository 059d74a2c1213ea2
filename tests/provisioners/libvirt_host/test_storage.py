"""Pools and uploads on a real libvirt: what is half written is never believed, and a full pool says so."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import libvirt
import pytest

from jiyun.errors import JiyunError
from provisioners.libvirt_host import open_host
from provisioners.libvirt_host.storage_xml import blob_xml
from provisioners.protocol import Provisioner
from provisioners.spec import ImagePart, PoolSpec
from tests.provisioners import machines

pytestmark = pytest.mark.hypervisor

CONTENT = os.urandom(3_000_001)
PART = ImagePart("root", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "raw")


@pytest.fixture
def host() -> Iterator[Provisioner]:
    with open_host(machines.HOST) as opened:
        yield opened


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "image").write_bytes(CONTENT)
    return tmp_path / "image"


@pytest.fixture
def pool(host: Provisioner, tmp_path: Path) -> Iterator[PoolSpec]:
    made = PoolSpec("jy-storage", str(tmp_path / "pool"))
    host.ensure_pool(made)
    yield made
    host.remove_image_part(made, PART)
    host.remove_pool(made)


def test_upload_with_progress(host: Provisioner, pool: PoolSpec, source: Path) -> None:
    seen: list[tuple[int, int]] = []
    assert host.ensure_image_part(pool, PART, source, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen) and len(seen) > 10
    assert (Path(pool.path) / PART.volume).read_bytes() == CONTENT
    assert not host.ensure_image_part(pool, PART, source)


def test_the_debris_of_a_broken_upload_is_not_believed(host: Provisioner, pool: PoolSpec, source: Path) -> None:
    connection = libvirt.open(machines.HOST.uri)
    connection.storagePoolLookupByName(pool.name).createXML(blob_xml(f"{PART.volume}.part", 1000, "0600"), 0)
    connection.close()
    assert host.found((pool,)).volumes == {pool.name: {f"{PART.volume}.part"}}
    assert host.ensure_image_part(pool, PART, source)
    assert host.found((pool,)).volumes == {pool.name: {PART.volume}}


@pytest.mark.parametrize("content", [b"x" * len(CONTENT), CONTENT[:-1], CONTENT + b"x"])
def test_a_wrong_source_leaves_nothing(host: Provisioner, pool: PoolSpec, tmp_path: Path, content: bytes) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_bytes(content)
    with pytest.raises(JiyunError) as caught:
        host.ensure_image_part(pool, PART, wrong)
    assert caught.value.code == "image.checksum"
    assert host.found((pool,)).volumes == {pool.name: set()}


def test_a_file_that_appeared_behind_libvirt_is_seen(host: Provisioner, pool: PoolSpec, source: Path) -> None:
    (Path(pool.path) / PART.volume).write_bytes(CONTENT)  # as after a crash between the rename and the refresh
    assert not host.ensure_image_part(pool, PART, source)
    assert host.remove_image_part(pool, PART)


def test_a_full_pool_says_so(host: Provisioner, source: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(small)], check=True, timeout=30)
    full = PoolSpec("jy-full", str(small))
    try:
        host.ensure_pool(full)
        with pytest.raises(JiyunError) as caught:
            host.ensure_image_part(full, PART, source)
        assert caught.value.code == "pool.full", caught.value
        assert host.found((full,)).volumes == {"jy-full": set()}
        host.remove_pool(full)
    finally:
        subprocess.run(["umount", str(small)], check=True, timeout=30)


def test_a_new_disk_is_private_and_of_the_current_format(host: Provisioner, tmp_path: Path) -> None:
    pool = PoolSpec("jy-disk", str(tmp_path / "disks"))
    root = machines.machine(8, machines.image("tiny"), pool=pool).root
    host.ensure_pool(pool)
    host.ensure_volume(root, None)
    file = Path(pool.path) / root.name
    told = subprocess.run(["qemu-img", "info", str(file)], check=True, capture_output=True, text=True, timeout=30).stdout
    assert "compat: 1.1" in told
    assert file.stat().st_mode & 0o777 == 0o600
    assert host.remove_volume(root, "zero")
    assert host.remove_pool(pool)

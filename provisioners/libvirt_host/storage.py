"""Pools, disks, image files and seeds of one host, through libvirt's storage API."""

import hashlib
import io
from pathlib import Path
from typing import BinaryIO

import libvirt

from jiyun.units import MIB
from provisioners.libvirt_host import wipe
from provisioners.libvirt_host.connection import translated
from provisioners.libvirt_host.storage_xml import IMAGE_MODE, PRIVATE_MODE, disk_xml, facts, pool_xml
from provisioners.libvirt_host.upload import discard, pool_lock, publish, refresh, upload
from provisioners.libvirt_host.xml import read
from provisioners.problems import CHECKSUM, IMAGE_GONE, LIBVIRT_FAILED, NOT_OURS
from provisioners.protocol import Bytes, PoolFacts
from provisioners.spec import HostSpec, ImagePart, MachineSpec, PoolSpec, VolumeSpec, WipeMethod

PREFIX = "jy-"


class Storage:
    """The storage half of a host."""

    def __init__(self, host: HostSpec, connection: libvirt.virConnect) -> None:
        self._host = host
        self._connection = connection

    def ensure_pool(self, spec: PoolSpec) -> bool:
        with translated(self._host, f"create pool {spec.name}", pool=spec.name, name=spec.path):
            pool = self._lookup_pool(spec)
            created = pool is None
            if pool is None:
                pool = self._connection.storagePoolDefineXML(pool_xml(spec), 0)
                pool.build(libvirt.VIR_STORAGE_POOL_BUILD_NEW)
            if not pool.isActive():
                pool.create(0)
            pool.setAutostart(1)
            return created

    def remove_pool(self, spec: PoolSpec) -> bool:
        with translated(self._host, f"remove pool {spec.name}"):
            pool = self._lookup_pool(spec)
            if pool is None:
                return False
            if pool.isActive():
                refresh(pool)
                held = pool.listVolumes()
                if held:
                    raise LIBVIRT_FAILED(
                        host=self._host.name, action=f"remove pool {spec.name}", reason=f"it still holds {held[0]}"
                    )
                pool.destroy()
            pool.undefine()
            return True

    def pool_facts(self, spec: PoolSpec) -> PoolFacts:
        with translated(self._host, f"read pool {spec.name}"):
            pool = self._pool(spec)
            refresh(pool)
            _state, capacity, _allocation, available = pool.info()
            return PoolFacts(spec.name, capacity // MIB, available // MIB)

    def ensure_image_part(self, spec: PoolSpec, part: ImagePart, source: Path, progress: Bytes | None = None) -> bool:
        with translated(self._host, f"upload {part.volume}", pool=spec.name, name=part.volume):
            pool = self._pool(spec)
            with pool_lock(Path(spec.path)):
                if self._volume(pool, spec, part.volume) is not None:
                    self._same_size(spec, part.volume, part.size_bytes, "image file")
                    return False
                if not source.exists():
                    raise IMAGE_GONE(role=part.role, file=source)
                with source.open("rb") as file:
                    actual = self._send(pool, part.volume, file, part.size_bytes, IMAGE_MODE, progress)
                if actual != part.sha256:
                    discard(pool, part.volume)
                    raise CHECKSUM(file=str(source), actual=actual, expected=part.sha256)
                publish(pool, Path(spec.path), part.volume, part.size_bytes)
                return True

    def remove_image_part(self, spec: PoolSpec, part: ImagePart) -> bool:
        with translated(self._host, f"remove {part.volume}"):
            pool = self._pool(spec)
            volume = self._volume(pool, spec, part.volume)
            if volume is None:
                return False
            path = volume.path()
            for other in pool.listAllVolumes():
                if facts(read(other.XMLDesc()))[2] == path:
                    reason = f"disk {other.name()} is built on it"
                    raise LIBVIRT_FAILED(host=self._host.name, action=f"remove {part.volume}", reason=reason)
            volume.delete(0)
            return True

    def ensure_volume(self, spec: VolumeSpec, backing: ImagePart | None) -> bool:
        with translated(self._host, f"create disk {spec.name}", pool=spec.pool.name, name=spec.name):
            pool = self._pool(spec.pool)
            below = "" if backing is None else self.path(spec.pool, backing.volume)
            found = self._volume(pool, spec.pool, spec.name)
            if found is None:
                chain = None if backing is None else (below, backing.format)
                pool.createXML(disk_xml(spec, chain), 0)
                return True
            if facts(read(found.XMLDesc())) != ("qcow2", spec.size_mib * MIB, below):
                raise NOT_OURS(what="volume", name=spec.name, host=self._host.name)
            return False

    def remove_volume(self, spec: VolumeSpec, method: WipeMethod) -> bool:
        with translated(self._host, f"delete disk {spec.name}"):
            volume = self._volume(self._pool(spec.pool), spec.pool, spec.name)
            if volume is None:
                return False
            path = Path(volume.path())
            kind, capacity, _below = facts(read(volume.XMLDesc()))
            if (kind, capacity) != ("qcow2", spec.size_mib * MIB) and not wipe.blank(path):
                raise NOT_OURS(what="volume", name=spec.name, host=self._host.name)
            try:
                if method == "zero":
                    wipe.overwrite(path)
                else:
                    wipe.check_unused(path)
            except wipe.InUse:
                reason = "a running guest has it open"
                raise LIBVIRT_FAILED(host=self._host.name, action=f"delete disk {spec.name}", reason=reason) from None
            volume.delete(0)
            return True

    def ensure_seed(self, machine: MachineSpec, content: bytes) -> bool:
        spec, name = machine.root.pool, machine.seed_volume
        with translated(self._host, f"write seed {name}", pool=spec.name, name=name):
            pool = self._pool(spec)
            with pool_lock(Path(spec.path)):
                found = self._volume(pool, spec, name)
                if found is None:
                    if self._send(pool, name, io.BytesIO(content), len(content), PRIVATE_MODE) != _digest(content):
                        raise OSError("the seed changed while it was sent")
                    publish(pool, Path(spec.path), name, len(content))
                    return True
            if Path(found.path()).read_bytes() != content:
                raise NOT_OURS(what="seed", name=name, host=self._host.name)
            return False

    def remove_seed(self, machine: MachineSpec) -> bool:
        """The seed holds the guest's host key, so it is always overwritten."""
        spec, name = machine.root.pool, machine.seed_volume
        with translated(self._host, f"delete seed {name}"):
            volume = self._volume(self._pool(spec), spec, name)
            if volume is None:
                return False
            try:
                wipe.overwrite(Path(volume.path()))
            except wipe.InUse:
                reason = "a running guest has it open"
                raise LIBVIRT_FAILED(host=self._host.name, action=f"delete seed {name}", reason=reason) from None
            volume.delete(0)
            return True

    def path(self, spec: PoolSpec, name: str) -> str:
        """The file behind a volume; libvirt's "no storage vol" error where it is absent."""
        pool = self._pool(spec)
        volume = self._volume(pool, spec, name)
        return str((volume if volume is not None else pool.storageVolLookupByName(name)).path())

    def found(self, specs: tuple[PoolSpec, ...]) -> dict[str, set[str]]:
        """Volume names of ours by pool, debris of uploads included; pools that do not exist are left out."""
        by_pool: dict[str, set[str]] = {}
        with translated(self._host, "list volumes"):
            for spec in specs:
                pool = self._lookup_pool(spec)
                if pool is not None and pool.isActive():
                    refresh(pool)
                    by_pool[spec.name] = {name for name in pool.listVolumes() if name.startswith(PREFIX)}
        return by_pool

    def _send(
        self, pool: libvirt.virStoragePool, name: str, file: BinaryIO, size: int, mode: str, progress: Bytes | None = None
    ) -> str:
        """Upload, and leave no part behind where it fails."""
        try:
            return upload(pool, name, file, size, mode, progress)
        except BaseException:
            discard(pool, name)
            raise

    def _same_size(self, spec: PoolSpec, name: str, size: int, what: str) -> None:
        if (Path(spec.path) / name).stat().st_size != size:
            raise NOT_OURS(what=what, name=name, host=self._host.name)

    def _lookup_pool(self, spec: PoolSpec) -> libvirt.virStoragePool | None:
        try:
            pool = self._connection.storagePoolLookupByName(spec.name)
        except libvirt.libvirtError as error:
            if error.get_error_code() == libvirt.VIR_ERR_NO_STORAGE_POOL:
                return None
            raise
        definition = read(pool.XMLDesc(0))
        if definition.get("type") != "dir" or (definition.findtext("target/path") or "") != spec.path:
            raise NOT_OURS(what="pool", name=spec.name, host=self._host.name)
        return pool

    def _pool(self, spec: PoolSpec) -> libvirt.virStoragePool:
        pool = self._lookup_pool(spec)
        if pool is None or not pool.isActive():
            reason = f"pool {spec.name} is not there" if pool is None else f"pool {spec.name} is not started"
            raise LIBVIRT_FAILED(host=self._host.name, action=f"use pool {spec.name}", reason=reason)
        return pool

    def _volume(self, pool: libvirt.virStoragePool, spec: PoolSpec, name: str) -> libvirt.virStorageVol | None:
        """The volume, also where its file appeared behind libvirt's back; None where there is neither."""
        for again in (False, True):
            if again and (Path(spec.path) / name).exists() is False:
                return None
            if again:
                refresh(pool)
            try:
                return pool.storageVolLookupByName(name)
            except libvirt.libvirtError as error:
                if error.get_error_code() != libvirt.VIR_ERR_NO_STORAGE_VOL:
                    raise
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Bringing whole files into a pool so that a half-written one is never believed.

The bytes go through libvirt's stream into ``NAME.part``; size and SHA-256 are checked, the file is flushed, and
only then renamed to NAME on the host's file system.  So NAME exists exactly when it is complete.  (libvirt has no
rename; a marker volume beside each file would leave two things to keep in step.)  A lock on the pool directory
keeps two writers apart, so a ``.part`` that is found under the lock is debris and is deleted.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import libvirt

from provisioners.libvirt_host.storage_xml import blob_xml
from provisioners.protocol import Bytes

_BLOCK = 1024 * 1024
_LOCK_SECONDS = 600
_REFRESH_SECONDS = 30


@contextmanager
def pool_lock(directory: Path) -> Iterator[None]:
    """One writer of whole files at a time per pool; ``TimeoutError`` after ten minutes."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"another upload has held {directory} for {_LOCK_SECONDS} s") from None
                time.sleep(0.1)
        yield
    finally:
        os.close(descriptor)


def upload(pool: libvirt.virStoragePool, name: str, source: BinaryIO, size: int, mode: str, progress: Bytes | None = None) -> str:
    """Write ``source`` (``size`` bytes) as volume ``name.part``; the SHA-256 of all of ``source``, in hex.

    Call it under :func:`pool_lock`, then :func:`publish` or :func:`discard`.
    """
    part = f"{name}.part"
    discard(pool, name)
    volume = pool.createXML(blob_xml(part, size, mode), 0)
    digest = hashlib.sha256()
    done = 0

    def chunk(_stream: libvirt.virStream, wanted: int, _opaque: object) -> bytes:
        nonlocal done
        data = source.read(min(wanted, size - done))  # libvirt reports a byte too many as a full disk
        digest.update(data)
        done += len(data)
        if progress is not None and data:
            progress(done, size)
        return data

    stream = pool.connect().newStream(0)
    volume.upload(stream, 0, size, 0)
    try:
        stream.sendAll(chunk, None)
        stream.finish()
    except BaseException:
        with suppress(libvirt.libvirtError):
            stream.abort()
        raise
    while rest := source.read(_BLOCK):  # a source that is too long must not pass for a good one
        digest.update(rest)
    return digest.hexdigest()


def publish(pool: libvirt.virStoragePool, directory: Path, name: str, size: int) -> None:
    """Flush ``name.part``, check its size and give it its final name."""
    part = directory / f"{name}.part"
    with part.open("rb") as file:
        if os.fstat(file.fileno()).st_size != size:
            raise OSError(f"{part} has {os.fstat(file.fileno()).st_size} bytes, expected {size}")
        os.fsync(file.fileno())
    part.rename(directory / name)
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    refresh(pool)


def discard(pool: libvirt.virStoragePool, name: str) -> None:
    """Delete ``name.part`` if it is there."""
    try:
        pool.storageVolLookupByName(f"{name}.part").delete(0)
    except libvirt.libvirtError as error:
        if error.get_error_code() != libvirt.VIR_ERR_NO_STORAGE_VOL:
            raise


def refresh(pool: libvirt.virStoragePool) -> None:
    """Make libvirt read the directory again; it refuses while it builds a volume there, so try for a while."""
    deadline = time.monotonic() + _REFRESH_SECONDS
    while True:
        try:
            pool.refresh(0)
            return
        except libvirt.libvirtError as error:
            if "asynchronous jobs" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)

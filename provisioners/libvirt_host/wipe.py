"""Destroying the content of a disk file on a local file system.

libvirt's own wipe truncates a sparse or qcow2 file and overwrites nothing: the blocks go back to the file system
with their content.  Here every allocated extent of the file is overwritten in place and flushed before the file
is unlinked.  That holds for file systems that write in place (ext4, xfs).  It does not reach older copies: a
snapshot, a backup, a copy-on-write file system or the spare blocks of a flash disk may keep them.
"""

import errno
import fcntl
import os
from pathlib import Path

_CHUNK = 4 * 1024 * 1024
_HEAD = 64 * 1024  # one qcow2 cluster: the header; guest data never lies there
_ZEROS = bytes(_CHUNK)


class InUse(Exception):
    """Another process, most likely QEMU, holds a lock on the file."""


def overwrite(path: Path) -> int:
    """Write zeros over every allocated extent of ``path`` and flush it; the number of bytes overwritten.

    The head of the file goes last, in a flush of its own: until then the file can still be recognised as the
    disk it was, so a wipe that was cut off is found again and finished.
    :class:`InUse` while a running guest has it open: QEMU locks its images, and while we hold the lock it cannot.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        refuse_if_open(descriptor)
        extents = allocated(descriptor)
        written = sum(_zero(descriptor, max(start, _HEAD), end) for start, end in extents)
        os.fsync(descriptor)
        written += sum(_zero(descriptor, start, min(end, _HEAD)) for start, end in extents)
        os.fsync(descriptor)
        return written
    finally:
        os.close(descriptor)


def blank(path: Path) -> bool:
    """Whether the head of the file is all zeros, or there is none: what a wipe leaves that was cut off just before the
    unlink, and a creation that was cut off before the first byte."""
    with path.open("rb") as file:
        return not any(file.read(_HEAD))


def check_unused(path: Path) -> None:
    """:class:`InUse` where somebody else holds a lock on the file."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        refuse_if_open(descriptor)
    finally:
        os.close(descriptor)


def refuse_if_open(descriptor: int) -> None:
    """:class:`InUse` where somebody else holds a lock on the file."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise InUse from None


def allocated(descriptor: int) -> list[tuple[int, int]]:
    """The file's data extents as ``(start, end)`` in bytes; holes are left out."""
    extents: list[tuple[int, int]] = []
    position = 0
    while True:
        try:
            start = os.lseek(descriptor, position, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole up to the end
                return extents
            raise
        position = os.lseek(descriptor, start, os.SEEK_HOLE)
        extents.append((start, position))


def _zero(descriptor: int, start: int, end: int) -> int:
    position = start
    while position < end:
        position += os.pwrite(descriptor, _ZEROS[: min(_CHUNK, end - position)], position)
    return max(0, end - start)

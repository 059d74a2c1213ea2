"""A newc cpio archive, the form in which Linux takes its first file system, the same bytes for the same content."""

import gzip
import io
import stat
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One member: ``mode`` is the full st_mode; ``data`` is a file's bytes or a link's target."""

    name: str
    mode: int
    data: bytes = b""


def folder(name: str, mode: int = 0o755) -> Entry:
    """A directory."""
    return Entry(name, stat.S_IFDIR | mode)


def file(name: str, data: bytes, mode: int = 0o644) -> Entry:
    """A regular file."""
    return Entry(name, stat.S_IFREG | mode, data)


def link(name: str, target: str) -> Entry:
    """A symbolic link."""
    return Entry(name, stat.S_IFLNK | 0o777, target.encode())


def pack(entries: list[Entry]) -> bytes:
    """The archive, gzipped: owner root, no times, members in the order given (a folder before what is in it)."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=6) as zipped:
        for number, entry in enumerate([*entries, Entry("TRAILER!!!", 0)], start=1):
            zipped.write(_member(number, entry))
    return buffer.getvalue()


def _member(inode: int, entry: Entry) -> bytes:
    name = entry.name.encode() + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    # inode, mode, uid, gid, links, mtime, size, device (2), special device (2), name length, checksum (unused)
    numbers = (inode, entry.mode, 0, 0, links, 0, len(entry.data), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % number for number in numbers) + name
    return _padded(head) + _padded(entry.data)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)

"""The image store of the control machine: one read-only file per part, named by its SHA-256."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from jiyun import canonical
from provisioners import problems
from provisioners.spec import ImagePart, PartRole

_CHUNK = 1 << 20


def digest_of(parts: Iterable[ImagePart]) -> str:
    """SHA-256 over the canonical list of parts: what :attr:`ImageSpec.digest` holds."""
    return canonical.digest([{"role": p.role, "sha256": p.sha256, "size": p.size_bytes, "format": p.format} for p in parts])


class ImageCache:
    """Parts by content under ``root``; what is in the cache is complete, or it is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, part: ImagePart) -> Path:
        """Where the part's file is, or would be."""
        return self.root / part.sha256

    def has(self, sha256: str) -> bool:
        """Whether a part with this content is here."""
        return (self.root / sha256).is_file()

    def take(self, file: Path, role: PartRole, format: Literal["qcow2", "raw"], expected: str = "") -> ImagePart:
        """Copy ``file`` in and return what it is; the same content twice is one file.

        The bytes that are hashed are the bytes that are kept, also when somebody writes to ``file`` meanwhile.
        Raises ``image.checksum`` and keeps nothing where ``expected`` is given and is not their SHA-256.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=self.root)
        try:
            with os.fdopen(handle, "wb") as target:
                sha256, size = _copy(file, target.fileno())
                target.truncate(size)
                os.fchmod(target.fileno(), 0o444)
                os.fsync(target.fileno())
            if expected and sha256 != expected:
                raise problems.CHECKSUM(file=str(file), actual=sha256, expected=expected)
            Path(name).rename(self.root / sha256)
        finally:
            Path(name).unlink(missing_ok=True)
        return ImagePart(role, sha256, size, format)

    def verify(self, part: ImagePart) -> None:
        """Raise ``image.checksum`` unless the part is there, byte for byte."""
        file = self.path(part)
        actual = sha256_of(file) if file.is_file() else "(missing)"
        if actual != part.sha256:
            raise problems.CHECKSUM(file=str(file), actual=actual, expected=part.sha256)

    def drop(self, part: ImagePart) -> None:
        """Remove the part's file; nothing happens where it is gone already."""
        self.path(part).unlink(missing_ok=True)


def sha256_of(file: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _copy(file: Path, target: int) -> tuple[str, int]:
    """Copy into the descriptor, leaving holes where the source is zero; returns SHA-256 and size in bytes."""
    sha256, size = hashlib.sha256(), 0
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            sha256.update(chunk)
            if chunk.count(0) != len(chunk):
                os.pwrite(target, chunk, size)
            size += len(chunk)
    return sha256.hexdigest(), size

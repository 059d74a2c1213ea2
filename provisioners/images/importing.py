"""Taking in a disk image that somebody brings: checked before it is believed, and never trusted to name its format."""

import json
import struct
from pathlib import Path
from typing import Literal

from jiyun.language import t
from provisioners import problems
from provisioners.images.cache import ImageCache, digest_of
from provisioners.images.tools import ToolFailed, locate, run
from provisioners.spec import ImageSpec

MIB = 1 << 20
LARGEST_MIB = 2 << 20  # 2 TiB: what a BIOS guest can boot from
_INFO_S = 60.0
_LIMITS = ("--as=2147483648", "--cpu=30", "--nofile=64")
# First bytes of what is neither a raw disk nor qcow2: taken as a raw disk it would only fail to boot, much later.
_OTHER_FORMATS = {
    b"KDMV": "VMDK",
    b"# Disk DescriptorFile": "VMDK",
    b"vhdxfile": "VHDX",
    b"conectix": "VHD",
    b"<<< ": "VDI",
    b"QED\0": "QED",
    b"LUKS\xba\xbe": "LUKS",
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"PK\x03\x04": "zip",
}
_QCOW2_MAGIC = b"QFI\xfb"
_QCOW2_HEADER = struct.Struct(">4sIQIIQI")  # magic, version, backing offset and size, cluster bits, size, encryption
_QCOW2_FEATURES_AT = 72
_EXTERNAL_DATA = 1 << 2


def import_disk(cache: ImageCache, file: Path, sha256: str, name: str) -> ImageSpec:
    """Take ``file`` (raw or qcow2) into ``cache`` as an image of kind ``disk``.

    Raises ``image.checksum`` unless its SHA-256 is ``sha256`` (hexadecimal), ``image.unreadable`` where it is no
    disk on its own: another format, a backing or data file, encryption, an absurd size.  Nothing is kept then.
    """
    if not file.is_file():
        if file.exists():
            raise _unusable(file, t("it is not a regular file", "不是普通文件"))
        raise _unusable(file, t("there is no such file", "没有这个文件"))
    form = _format_of(file)
    known = cache.has(sha256.lower())
    part = cache.take(file, "root", form, expected=sha256.lower())
    try:
        # What was looked at first could have been changed since; what the cache holds cannot.
        _format_of(cache.path(part), shown=file)
        size = _virtual_bytes(cache.path(part), form, file)
    except Exception:
        if not known:
            cache.drop(part)
        raise
    return ImageSpec(name, "disk", digest_of((part,)), (part,), -(-size // MIB))


def _format_of(file: Path, shown: Path | None = None) -> Literal["qcow2", "raw"]:
    """The format by the first bytes; refuses what is neither, or reaches outside of itself."""
    shown = shown or file
    with file.open("rb") as source:
        head = source.read(_QCOW2_FEATURES_AT + 8)
    for magic, other in _OTHER_FORMATS.items():
        if head.startswith(magic):
            raise _unusable(shown, t(f"it is {other}; turn it into qcow2 or raw first", f"格式为 {other}；请先转为 qcow2 或 raw"))
    if not head.startswith(_QCOW2_MAGIC):
        return "raw"
    _check_qcow2(head, shown)
    return "qcow2"


def _check_qcow2(head: bytes, shown: Path) -> None:
    """Look at the header ourselves: even to ask qemu-img about a data file would open a file of the sender's choice."""
    if len(head) < _QCOW2_FEATURES_AT:
        raise _unusable(shown, t("it ends within its header", "文件头不完整"))
    _magic, version, backing, _length, _bits, _size, encryption = _QCOW2_HEADER.unpack_from(head)
    features = int.from_bytes(head[_QCOW2_FEATURES_AT:], "big") if version >= 3 else 0
    if backing:
        raise _unusable(shown, t("it needs a backing file; flatten it first", "它依赖后备文件；请先合并"))
    if features & _EXTERNAL_DATA:
        raise _unusable(shown, t("its data is in another file; convert it first", "其数据在另一文件中；请先转换"))
    if encryption:
        raise _unusable(shown, t("it is encrypted", "镜像已加密"))


def _virtual_bytes(file: Path, form: str, shown: Path) -> int:
    """The size a guest sees, in bytes, as qemu-img tells it under limits of memory and time."""
    locate("qemu-img")
    try:
        answer = run(["prlimit", *_LIMITS, "qemu-img", "info", "--output=json", "-f", form, file], timeout=_INFO_S)
        size = int(json.loads(answer)["virtual-size"])
    except (ToolFailed, ValueError, KeyError) as error:
        raise _unusable(shown, t(f"qemu-img cannot read it ({error})", f"qemu-img 无法读取（{error}）")) from error
    if not MIB <= size <= LARGEST_MIB * MIB:
        en = f"its disk has {size} bytes; permitted is 1 to {LARGEST_MIB} MiB"
        raise _unusable(shown, t(en, f"磁盘大小为 {size} 字节；允许范围为 1 至 {LARGEST_MIB} MiB"))
    return size


def _unusable(file: Path, reason: str) -> Exception:
    return problems.IMAGE_FILE(file=str(file), reason=reason)

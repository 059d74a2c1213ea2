"""XML of directory pools and of the volumes in them."""

from lxml import etree

from jiyun.units import MIB
from provisioners.libvirt_host.xml import Element, attribute, node, write
from provisioners.spec import PoolSpec, VolumeSpec

OPEN_MODE = "0711"
IMAGE_MODE = "0644"
PRIVATE_MODE = "0600"


def pool_xml(pool: PoolSpec) -> str:
    """XML to define a directory pool; guests' files in it are not listable by other users."""
    root = etree.Element("pool", type="dir")
    node(root, "name", pool.name)
    target = node(root, "target")
    node(target, "path", pool.path)
    node(node(target, "permissions"), "mode", OPEN_MODE)
    return write(root)


def disk_xml(volume: VolumeSpec, backing: tuple[str, str] | None) -> str:
    """XML of a qcow2 disk; ``backing`` is ``(path, format)`` of the image below it.

    ``compat`` 1.1 is spelt out: libvirt would otherwise choose the old format, which cannot carry the dirty
    bitmaps that incremental backups need.
    """
    root = etree.Element("volume")
    node(root, "name", volume.name)
    node(root, "capacity", str(volume.size_mib * MIB), unit="bytes")
    node(root, "allocation", "0", unit="bytes")
    target = node(root, "target")
    node(target, "format", type="qcow2")
    node(node(target, "permissions"), "mode", PRIVATE_MODE)
    node(target, "compat", "1.1")
    if backing is not None:
        below = node(root, "backingStore")
        node(below, "path", backing[0])
        node(below, "format", type=backing[1])
    return write(root)


def blob_xml(name: str, size_bytes: int, mode: str) -> str:
    """XML of a plain file that is filled by upload; its content decides later what format it has."""
    root = etree.Element("volume")
    node(root, "name", name)
    node(root, "capacity", str(size_bytes), unit="bytes")
    node(root, "allocation", "0", unit="bytes")
    target = node(root, "target")
    node(target, "format", type="raw")
    node(node(target, "permissions"), "mode", mode)
    return write(root)


def facts(volume: Element) -> tuple[str, int, str]:
    """``(format, capacity in bytes, path of the backing file or "")`` from a volume's XML."""
    kind = attribute(volume, "target/format", "type")
    return kind, int(volume.findtext("capacity") or 0), volume.findtext("backingStore/path") or ""

"""Frozen specs for tests: one segment, and machines numbered on it."""

from provisioners.spec import (
    HostSpec,
    ImageKind,
    ImagePart,
    ImageSpec,
    MachineSpec,
    PoolSpec,
    PortSpec,
    SegmentSpec,
    VirtType,
    VolumeSpec,
)

STORE = "11111111-2222-4333-8444-555555555555"
HOST = HostSpec("h1", "qemu:///system")
POOL = PoolSpec("jy-pool", "/var/lib/libvirt/images/jy-pool")
SEGMENT = SegmentSpec(
    "seg-1", "6a05f1a2-0000-4000-8000-000000000001", "jy-seg-1", "jyb1", "10.99.0.0/24", "10.99.0.1", "fd00:99::/64", "fd00:99::1"
)
SEGMENT_V4 = SegmentSpec("seg-2", "6a05f1a2-0000-4000-8000-000000000002", "jy-seg-2", "jyb2", "10.98.0.0/24", "10.98.0.1")
ROOT = ImagePart("root", "aa" * 32, 300_000_000, "qcow2")
KERNEL = ImagePart("kernel", "bb" * 32, 8_000_000, "raw")
INITRD = ImagePart("initrd", "cc" * 32, 3_000_000, "raw")
_PARTS: dict[ImageKind, tuple[ImagePart, ...]] = {"debian": (ROOT, KERNEL, INITRD), "disk": (ROOT,), "tiny": (KERNEL, INITRD)}


def image(kind: ImageKind) -> ImageSpec:
    """An image of a kind with invented content."""
    return ImageSpec(f"test-{kind}", kind, "dd" * 32, _PARTS[kind], 64, "" if kind == "disk" else "console=ttyS0 quiet")


def port(number: int, segment: SegmentSpec = SEGMENT) -> PortSpec:
    """Port ``number`` (2 to 99) on a segment."""
    ipv6 = f"fd00:99::{number:x}" if segment.ipv6_cidr else ""
    link_local = f"fe80::5054:ff:fe00:{number:x}" if segment.ipv6_cidr else ""
    ipv4 = segment.ipv4_gateway.rsplit(".", 1)[0] + f".{number}"
    return PortSpec(segment, f"52:54:00:00:00:{number:02x}", f"jytm{number}", ipv4, ipv6, link_local)


def machine(
    number: int,
    of: ImageSpec,
    *,
    data: bool = False,
    virt_type: VirtType = "qemu",
    pool: PoolSpec = POOL,
    segment: SegmentSpec = SEGMENT_V4,
) -> MachineSpec:
    """Machine ``number`` (2 to 99)."""
    name = f"jy-m{number}"
    volumes = [VolumeSpec(f"r{number}", f"{name}-root.qcow2", pool, "root", 64, f"jyroot{number}")]
    if data:
        volumes.append(VolumeSpec(f"d{number}", f"{name}-data.qcow2", pool, "data", 32, f"jydata{number}"))
    return MachineSpec(
        id=f"m{number}",
        uuid=f"6a05f1a2-0000-4000-8000-0000000001{number:02d}",
        name=name,
        hostname=f"host{number}",
        host=HOST,
        virt_type=virt_type,
        vcpus=1,
        memory_mib=128,
        image=of,
        volumes=tuple(volumes),
        port=port(number, segment),
        host_key="ssh-ed25519 AAAA",
        login="gov",
        authorized_keys=(),
        store=STORE,
        order="order-1",
    )


def paths(of: MachineSpec) -> dict[str, str]:
    """Where every volume of a machine would lie."""
    names = [volume.name for volume in of.volumes] + [of.seed_volume, *(part.volume for part in of.image.parts)]
    return {name: f"{of.root.pool.path}/{name}" for name in names}

"""The tiny guest: Debian's cloud kernel and an initrd of our own, for fast tests and small demonstrations.

It reads the folder ``/jiyun`` of the NoCloud seed, offers SSH with a key and the account given there, and lives
in memory.  It is no server: nothing in it is kept but what lies on its data volume.
"""

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from shutil import rmtree

from provisioners import problems
from provisioners.images import cpio, kernel
from provisioners.images.cache import ImageCache, digest_of
from provisioners.images.tools import locate, run, stage
from provisioners.spec import ImageSpec

NAME = "tiny"
CMDLINE = "console=ttyS0 quiet loglevel=4 panic=5 random.trust_cpu=on"
# The root volume of a tiny guest is an empty disk that it never looks at.
VIRTUAL_MIB = 16
MODULES = (
    "virtio_pci",
    "virtio_blk",
    "virtio_net",
    "virtio_rng",
    "isofs",
    "ext4",
    "button",
    "evdev",
)
_FOLDERS = ("bin", "data", "dev", "etc", "etc/acpi", "etc/acpi/PWRF", "etc/dropbear", "home", "lib", "lib/modules", "lib64")
_MORE_FOLDERS = ("proc", "root", "run", "seed", "sys", "tmp", "usr", "usr/bin", "usr/sbin", "var", "var/log", "var/run")
_GUEST = files("provisioners.images") / "guest"

# Script of ours -> where it lies in the guest.
_SCRIPTS = {
    "init": "init",
    "dhcp": "etc/dhcp",
    "power": "etc/acpi/PWRF/00000080",
    "sudo": "bin/sudo",
}


def build_tiny(cache: ImageCache, work: Path, say: Callable[[str], None]) -> ImageSpec:
    """Make the tiny image and put its two parts into ``cache``.

    ``work`` is a folder of its own that is made here and removed at the end, also on failure; ``say`` is told each
    stage.  The same packages give the same digest.  Raises ``image.build-failed`` or ``host.tool-missing``.
    """
    log = work.with_name(work.name + ".log")
    work.mkdir(parents=True)
    try:
        say("fetch the kernel")
        with stage(NAME, "kernel", log):
            source = kernel.fetch(work)
        say("pack the initrd")
        with stage(NAME, "initrd", log):
            initrd = work / "initrd"
            initrd.write_bytes(cpio.pack(_members(kernel.modules_in_order(source, MODULES))))
        say("store the parts")
        with stage(NAME, "store", log):
            parts = (cache.take(source.image, "kernel", "raw"), cache.take(initrd, "initrd", "raw"))
    finally:
        rmtree(work, ignore_errors=True)
    return ImageSpec(NAME, "tiny", digest_of(parts), parts, VIRTUAL_MIB, CMDLINE)


def _members(modules: list[Path]) -> list[cpio.Entry]:
    names = "".join(f"/lib/modules/{path.name}\n" for path in modules)
    return [
        *(cpio.folder(name) for name in sorted((*_FOLDERS, *_MORE_FOLDERS))),
        *(cpio.file(f"lib/modules/{path.name}", path.read_bytes()) for path in modules),
        cpio.file("lib/modules/order", names.encode()),
        # Set-user-id: busybox gives it up for every command but su and the few like it.
        cpio.file("bin/busybox", _static_busybox().read_bytes(), 0o4755),
        cpio.link("bin/sh", "busybox"),
        *_programs(),
        *(cpio.file(target, (_GUEST / name).read_bytes(), 0o755) for name, target in _SCRIPTS.items()),
    ]


def _static_busybox() -> Path:
    path = locate("busybox")
    if b"/ld-linux" in path.read_bytes()[:4096]:  # the interpreter's name stands in the first page of a linked program
        raise problems.TOOL_MISSING(tool="busybox (static)", package="busybox-static")
    return path


def _programs() -> list[cpio.Entry]:
    """dropbear and its converter with the libraries that they are linked to."""
    chosen = {"usr/sbin/dropbear": locate("dropbear"), "usr/bin/dropbearconvert": locate("dropbearconvert")}
    libraries: dict[str, Path] = {}
    for program in chosen.values():
        for found in re.finditer(r"(/\S+) \(0x", run(["ldd", program], timeout=30)):
            libraries[found[1]] = Path(found[1])
    # The loader's own path is fixed in the programs; every library goes where it always looks.
    placed = {name[1:] if "/ld-" in name else f"lib/{path.name}": path for name, path in sorted(libraries.items())}
    return [cpio.file(name, path.read_bytes(), 0o755) for name, path in {**chosen, **placed}.items()]

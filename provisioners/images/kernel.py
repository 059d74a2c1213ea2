"""Debian's cloud kernel, unpacked and never installed, and the modules that a small guest needs from it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioners.images.tools import ToolFailed, run

META_PACKAGE = "linux-image-cloud-amd64"
_FETCH_S = 600.0
_DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")


@dataclass(frozen=True, slots=True)
class Kernel:
    """An unpacked kernel: its image and the folder of its modules."""

    image: Path
    modules: Path


def fetch(work: Path) -> Kernel:
    """Download the newest kernel that this machine's package sources offer, into ``work``."""
    answer = run(["apt-cache", "depends", META_PACKAGE], timeout=60)
    versioned = re.search(r"Depends:\s+(linux-image-\S+)", answer)
    if versioned is None:
        raise ToolFailed(f"no package source of this machine offers {META_PACKAGE}; run apt-get update or add Debian's")
    # The sandbox user of apt cannot write into a folder that is ours alone.
    run(["apt-get", "-o", "APT::Sandbox::User=root", "download", versioned[1]], cwd=work, timeout=_FETCH_S)
    archive = next(work.glob("linux-image-*.deb"))
    tree = work / "kernel"
    run(["dpkg-deb", "-x", archive, tree], timeout=_FETCH_S)
    return Kernel(next(tree.glob("boot/vmlinuz-*")), next(tree.glob("lib/modules/*")))


def modules_in_order(kernel: Kernel, wanted: Sequence[str]) -> list[Path]:
    """Files of the wanted modules and of all they depend on, each after what it needs.

    A module that is built into the kernel has no file and is left out.  The order is read from the modules
    themselves: a kernel package that was never installed has no ``modules.dep``.
    """
    files = {_plain(path.stem): path for path in sorted(kernel.modules.rglob("*.ko"))}
    ordered: list[Path] = []

    def add(name: str) -> None:
        path = files.get(_plain(name))
        if path is None or path in ordered:
            return
        found = _DEPENDS.search(path.read_bytes())
        for needed in (found[1].decode() if found else "").split(","):
            add(needed)
        ordered.append(path)

    for name in wanted:
        add(name)
    return ordered


def _plain(name: str) -> str:
    return name.replace("-", "_")

"""The Debian 12 guest, built from Debian's own packages: a root file system, a kernel and its initial RAM disk.

No disk is mounted for it: the installer works in a folder inside a mount namespace that ends with it, and the
file system is filled from that folder.
"""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

from provisioners.images import bookworm
from provisioners.images.cache import ImageCache, digest_of
from provisioners.images.tools import ToolFailed, run, stage
from provisioners.spec import ImageSpec

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_INSTALL_S = 3600.0
_PACK_S = 1800.0
# Settings of this machine's apt that its mirrors may depend on: they count for the build as well.
_APT_SETTINGS = re.compile(r"^Acquire::(Check-Valid-Until|Check-Date|Retries|https?::(Proxy|Timeout)\S*) .*;$", re.MULTILINE)
_SOURCE_FORMAT = "$(ORIGIN)|$(CODENAME)|$(REPO_URI)|$(COMPONENT)"


def build_debian12(cache: ImageCache, work: Path, say: Callable[[str], None]) -> ImageSpec:
    """Build the image and put its three parts into ``cache``; needs root, about 3 GiB in ``work`` and some minutes.

    ``work`` is a folder of its own that is made here and removed at the end, also on failure; ``say`` is told each
    stage.  The installer's log stays beside it as ``WORK.log``.  Packages come from the Debian sources that this
    machine itself uses.  Raises ``image.build-failed`` with the stage, or ``host.tool-missing``.
    """
    log = work.with_name(work.name + ".log")
    tree, disk = work / "root", work / "root.qcow2"
    log.unlink(missing_ok=True)
    work.mkdir(parents=True)
    try:
        say("install the packages")
        with stage(bookworm.NAME, "install", log):
            _install(work, tree, log)
        say("set up the guest")
        with stage(bookworm.NAME, "set-up", log):
            _set_up(tree)
        say("pack the root disk")
        with stage(bookworm.NAME, "pack", log):
            _pack(tree, work / "root.raw", disk, log)
        say("store the parts")
        with stage(bookworm.NAME, "store", log):
            kernel, initrd = next(tree.glob("boot/vmlinuz-*")), next(tree.glob("boot/initrd.img-*"))
            parts = (cache.take(disk, "root", "qcow2"), cache.take(kernel, "kernel", "raw"), cache.take(initrd, "initrd", "raw"))
    finally:
        rmtree(work, ignore_errors=True)
    return ImageSpec(bookworm.NAME, "debian", digest_of(parts), parts, bookworm.VIRTUAL_MIB, bookworm.CMDLINE)


def _install(work: Path, tree: Path, log: Path) -> None:
    sources, settings, early = work / "sources.list", work / "apt.conf", work / "early"
    sources.write_text(_debian_sources())
    settings.write_text(_apt_settings())
    for name, text in bookworm.EARLY_FILES.items():
        _write(early / name, text, 0o755 if text.startswith("#!") else 0o644)
    # The namespaces end with the installer, however it ends, and its mounts with them.
    run(
        [
            *("unshare", "--mount", "--pid", "--fork", "--kill-child", "mmdebstrap"),
            *("--mode=root", "--variant=minbase", f"--aptopt={settings}", f"--include={','.join(bookworm.PACKAGES)}"),
            *(f"--dpkgopt={option}" for option in bookworm.DPKG_OPTIONS),
            f"--essential-hook=sync-in {shlex.quote(str(early))} /",
            *(bookworm.SUITE, str(tree), str(sources)),
        ],
        timeout=_INSTALL_S,
        log=log,
    )


def _debian_sources() -> str:
    """One line per source of the suite, as this machine's own apt knows it."""
    if not _KEYRING.is_file():
        raise ToolFailed(f"{_KEYRING} is missing; install the package debian-archive-keyring")
    wanted = (bookworm.SUITE, f"{bookworm.SUITE}-updates", f"{bookworm.SUITE}-security")
    lines = []
    for target in run(["apt-get", "indextargets", "--format", _SOURCE_FORMAT, "Created-By: Packages"], timeout=60).splitlines():
        origin, codename, uri, component = target.split("|")
        if origin == "Debian" and codename in wanted:
            lines.append(f"deb [signed-by={_KEYRING}] {uri} {codename} {component}\n")
    if not any(f" {bookworm.SUITE} main" in line for line in lines):
        raise ToolFailed(f"no package source of this machine offers Debian {bookworm.SUITE}; add one and run apt-get update")
    return "".join(dict.fromkeys(lines))


def _apt_settings() -> str:
    dump = run(["apt-config", "dump"], timeout=60)
    return "".join(f"{found[0]}\n" for found in _APT_SETTINGS.finditer(dump))


def _set_up(tree: Path) -> None:
    for pattern in bookworm.REMOVED:
        for path in tree.glob(pattern):
            if not path.is_dir():
                path.unlink()
    for name, text in bookworm.FILES.items():
        _write(tree / name, text, 0o644)
    links = {**bookworm.LINKS, **{f"etc/systemd/system/{unit}": "/dev/null" for unit in bookworm.MASKED}}
    for name, target in links.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def _pack(tree: Path, raw: Path, disk: Path, log: Path) -> None:
    """The folder as an ext4 file system over a whole disk, then as qcow2.

    Tables are written out now, or every guest would spend its first minutes on them.  Version 1.1 of qcow2 is
    what backups with dirty bitmaps need.
    """
    options = ("-q", "-t", "ext4", "-L", "root", "-E", "lazy_itable_init=0,lazy_journal_init=0")
    run(["mke2fs", *options, "-d", tree, raw, f"{bookworm.VIRTUAL_MIB}M"], timeout=_PACK_S, log=log)
    form = "compat=1.1,compression_type=zstd"
    run(["qemu-img", "convert", "-q", "-c", "-f", "raw", "-O", "qcow2", "-o", form, raw, disk], timeout=_PACK_S, log=log)

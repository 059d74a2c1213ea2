"""Whether KVM really runs guests here.  An advertisement proves nothing: a guest of ours has to run.

The guest is one boot sector.  It turns on paging and 64-bit mode, takes an exception and returns from it, counts
to twenty million and writes a marker to QEMU's debug port.  A KVM that only manages real mode (seen on nested
machines, where a kernel hangs at once) fails at the exception; software emulation needs a quarter of a second.
"""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Literal

from provisioners.problems import TOOL_MISSING

MARKER = b"JIYUN-GUEST-RAN"
LIMIT_SECONDS = 5.0
_SECTOR = 512
_DEVICE = Path("/dev/kvm")

# Assembled by GNU as from boot_sector.s beside this file; a test assembles it again and compares.
_CODE = bytes.fromhex(
    "fa31c08ed88ec08ed0bc007cbf0010b90018f3abc70600100320c70600200330c7060030830066b8200000000f22e066b800"
    "1000000f22d866b9800000c00f320d00010f300f20c0660d010000800f22c00f0116c07cea5b7c08000f011c25c67c0000bf"
    "30400000b8ac7c000066890766c74702080066c74704008e31c06689470648894708bc0070000031dbcc85db7417b9002d31"
    "01e2febed07c0000ac84c07404e6e9ebf7e6f4f4ebfdffc348cf000000000000000000000000009a20000f00b07c00003f00"
    "00400000000000004a4959554e2d47554553542d52414e0a00"
)


def boot_sector() -> bytes:
    """The 512 bytes of the test guest, with the BIOS's signature."""
    return _CODE.ljust(_SECTOR - 2, b"\0") + b"\x55\xaa"


def runs(accelerator: Literal["kvm", "tcg"], limit_seconds: float = LIMIT_SECONDS) -> str:
    """Run the test guest; the empty string if it ran in time, else one clause that says why not."""
    program = shutil.which("qemu-system-x86_64")
    if program is None:
        raise TOOL_MISSING(tool="qemu-system-x86_64", package="qemu-system-x86")
    with tempfile.TemporaryDirectory(prefix="jiyun-probe-") as folder:
        disk = Path(folder) / "boot.img"
        disk.write_bytes(boot_sector())
        return _run(program, accelerator, disk, limit_seconds)


def _run(program: str, accelerator: str, disk: Path, limit_seconds: float) -> str:
    machine = ["-machine", f"pc,accel={accelerator}", "-m", "16", "-display", "none", "-nodefaults", "-no-user-config"]
    drive = ["-no-reboot", "-drive", f"file={disk},format=raw,if=ide,snapshot=on", "-debugcon", "stdio"]
    leave = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    started = time.monotonic()
    guest = subprocess.Popen(
        [program, *machine, *drive, *leave], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        output, complaints = guest.communicate(timeout=limit_seconds)
    except subprocess.TimeoutExpired:
        guest.kill()
        guest.communicate()
        return f"a test guest did not finish within {limit_seconds:g} s"
    if MARKER in output:
        return ""
    last = complaints.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no message"]
    return f"a test guest ended after {time.monotonic() - started:.1f} s without its marker ({last[0]})"


def verdict(advertised: bool) -> tuple[bool, str]:
    """Whether to use KVM, and one sentence of why; ``advertised`` is what libvirt says."""
    if not advertised or not _DEVICE.exists():
        return False, "KVM is not offered by this host; guests run in software emulation."
    started = time.monotonic()
    failure = runs("kvm")
    if failure:
        return False, f"KVM is advertised but unusable: {failure}; guests run in software emulation."
    return True, f"KVM is used: a test guest ran to its end in {time.monotonic() - started:.1f} s."

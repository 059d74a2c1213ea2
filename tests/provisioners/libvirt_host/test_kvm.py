"""The proof of KVM: its test guest runs under software emulation, and a guest that hangs is given up in time."""

import subprocess
import time
from pathlib import Path

import pytest

from provisioners.libvirt_host import kvm

SOURCE = Path(kvm.__file__).parent / "boot_sector.s"


def test_the_sector_is_what_its_source_says(tmp_path: Path) -> None:
    subprocess.run(["as", "--64", str(SOURCE), "-o", str(tmp_path / "b.o")], check=True, timeout=30)
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", str(tmp_path / "b.o"), str(tmp_path / "b")], check=True, timeout=30)
    code = (tmp_path / "b").read_bytes()
    sector = kvm.boot_sector()
    assert sector == code.ljust(510, b"\0") + b"\x55\xaa"
    assert kvm.MARKER in sector


@pytest.mark.hypervisor
def test_the_guest_runs_in_software_emulation() -> None:
    assert kvm.runs("tcg", 60.0) == ""


@pytest.mark.hypervisor
def test_a_guest_is_given_up_in_time() -> None:
    started = time.monotonic()
    assert "did not finish within 0.05 s" in kvm.runs("tcg", 0.05)
    assert time.monotonic() - started < 5


@pytest.mark.hypervisor
def test_the_verdict_is_what_a_guest_proved() -> None:
    usable, sentence = kvm.verdict(advertised=True)
    if Path("/dev/kvm").exists():
        assert usable == (kvm.runs("kvm") == ""), sentence
    else:
        assert not usable
    assert kvm.verdict(advertised=False)[0] is False

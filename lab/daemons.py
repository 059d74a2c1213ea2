"""The lab's own virtlogd and libvirtd: configure, start, stop, kill.  For use inside the lab only."""

import os
import signal
import subprocess
import time
import uuid
from pathlib import Path

URI = "qemu:///system"
_ETC = Path("/etc/libvirt")
_LOG = Path("/var/log/libvirt")
_RUN = Path("/run")
_READY_S = 60.0
_STOP_S = 30.0

# Guests run as root here: the files they need lie in folders of the tests, and the namespaces are the fence.
_QEMU_CONF = """\
user = "root"
group = "root"
security_driver = "none"
remember_owner = 0
namespaces = []
"""
_LIBVIRTD_CONF = """\
host_uuid = "{host_uuid}"
auth_unix_rw = "none"
auth_unix_ro = "none"
log_outputs = "2:file:/var/log/libvirt/libvirtd.log"
"""


class LabError(Exception):
    """The lab could not do what was asked; the text says what and where to look."""


def configure() -> None:
    """Write a minimal configuration into the lab's empty ``/etc/libvirt``."""
    for folder in (_ETC / "qemu/networks/autostart", _ETC / "nwfilter", _ETC / "storage", _LOG / "qemu"):
        folder.mkdir(parents=True, exist_ok=True)
    (_ETC / "qemu.conf").write_text(_QEMU_CONF)
    (_ETC / "libvirtd.conf").write_text(_LIBVIRTD_CONF.format(host_uuid=uuid.uuid4()))
    (_ETC / "virtlogd.conf").write_text("")


def start_daemons() -> None:
    """Start both daemons and wait until libvirt answers; raises :class:`LabError` after a minute."""
    _spawn("virtlogd")
    start_libvirtd()


def start_libvirtd() -> None:
    """Start libvirtd and wait until it answers; raises :class:`LabError` after a minute."""
    _spawn("libvirtd")
    deadline = time.monotonic() + _READY_S
    while not _answers():
        if time.monotonic() > deadline:
            raise LabError(f"libvirtd of the lab did not answer within {_READY_S:g} s:\n{_last_words()}")
        time.sleep(0.1)


def stop_libvirtd() -> None:
    """End libvirtd as an administrator would; guests go on running."""
    _end("libvirtd", signal.SIGTERM)


def kill_libvirtd() -> None:
    """End libvirtd with SIGKILL, as a crash would; guests go on running."""
    _end("libvirtd", signal.SIGKILL)


def _guard() -> None:
    if os.environ.get("JIYUN_LAB") != "1":
        raise LabError("not inside the lab: the daemons of the machine itself are not ours to touch")


def _pid_file(name: str) -> Path:
    return _RUN / f"lab-{name}.pid"


def _spawn(name: str) -> None:
    _guard()
    command = [name, "--daemon", "--pid-file", str(_pid_file(name)), "--config", str(_ETC / f"{name}.conf")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_READY_S, check=False)
    if done.returncode != 0:
        raise LabError(f"{name} of the lab did not start: {done.stderr.strip()}\n{_last_words()}")


def _answers() -> bool:
    command = ["virsh", "--connect", URI, "--quiet", "list", "--all"]
    try:
        return subprocess.run(command, capture_output=True, timeout=_READY_S, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _last_words() -> str:
    log = _LOG / "libvirtd.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else "(no log)"


def _end(name: str, number: signal.Signals) -> None:
    _guard()
    pid = int(_pid_file(name).read_text())
    os.kill(pid, number)
    deadline = time.monotonic() + _STOP_S
    while Path("/proc", str(pid)).exists():
        if time.monotonic() > deadline:
            raise LabError(f"{name} of the lab ({pid}) did not end within {_STOP_S:g} s")
        time.sleep(0.02)
    _pid_file(name).unlink(missing_ok=True)

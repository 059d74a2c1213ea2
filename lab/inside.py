"""The first process inside the lab: make the machine, start its daemons, run the command, pass its status on.

``python -m lab.inside SCRATCH COMMAND ARGUMENTS…``; only :mod:`lab.enter` starts it.  As process 1 it also takes
over and collects every orphan; when it ends, the kernel ends all the others.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab import daemons

# Folder of the machine -> name of what stands in for it in the scratch folder, on disk: guests' disks need room.
_PLACES = {
    "/etc/libvirt": "etc",
    "/var/cache/libvirt": "cache",
    "/var/lib/libvirt": "lib",
    "/var/log/libvirt": "log",
}
_RUN_FOLDERS = ("libvirt", "lock", "netns", "sshd")
_SETTINGS = {
    "net/ipv6/conf/all/disable_ipv6": "0",
    "net/ipv6/conf/default/disable_ipv6": "0",
    "net/bridge/bridge-nf-call-iptables": "0",
    "net/bridge/bridge-nf-call-ip6tables": "0",
    "net/bridge/bridge-nf-call-arptables": "0",
}


def main(argv: list[str]) -> int:
    """Make the machine and run the command; returns its exit status as a shell would give it."""
    _make_machine(Path(argv[0]))
    os.environ["JIYUN_LAB"] = "1"
    daemons.start_daemons()
    return _run(argv[1:])


def _make_machine(scratch: Path) -> None:
    for place, name in _PLACES.items():
        stand_in = scratch / name
        stand_in.mkdir(mode=0o755)
        Path(place).mkdir(parents=True, exist_ok=True)
        _call("mount", "--bind", stand_in, place)
    _call("mount", "-t", "tmpfs", "-o", "mode=755,size=256m", "lab", "/run")
    for name in _RUN_FOLDERS:
        Path("/run", name).mkdir()
    # Control groups are not in a namespace that libvirt would respect: without them it does without, and the
    # machine outside cannot be left with groups of ours.
    if os.path.ismount("/sys/fs/cgroup"):
        _call("umount", "--recursive", "--lazy", "/sys/fs/cgroup")
    _call("mount", "-t", "sysfs", "lab", "/sys")  # the one from outside shows the interfaces of outside
    socket.sethostname("jiyun-lab")
    _call("ip", "link", "set", "lo", "up")
    for name, value in _SETTINGS.items():
        setting = Path("/proc/sys", name)
        if setting.exists():
            setting.write_text(value)
    daemons.configure()


def _call(*argv: str | Path) -> None:
    subprocess.run([str(word) for word in argv], check=True, timeout=30)


def _run(command: Sequence[str]) -> int:
    """Run the command and collect every orphan until it ends."""
    process = subprocess.Popen(command)
    signal.signal(signal.SIGINT, lambda _number, _frame: None)  # it reached the command too
    while True:
        pid, status = os.wait()
        if pid == process.pid:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

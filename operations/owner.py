"""Who holds a lease, and whether that process still lives.

A lease only has to be waited for when its owner cannot be judged from here.  On the same boot and in the same
process namespace a dead process is known to be dead, and its work is taken over at once.
"""

import os
from pathlib import Path


def _started(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot[:13]}.{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return "elsewhere"


def me(token: str) -> str:
    """This process (and thread, by ``token``) as an owner: ``place/pid/start/token``."""
    return f"{_place()}/{os.getpid()}/{_started(os.getpid())}/{token}"


def known_dead(owner: str) -> bool:
    """Whether ``owner`` is a process that could be seen from here and is gone."""
    place, pid, started, _ = [*owner.split("/"), "", "", ""][:4]
    return place == _place() and pid.isdigit() and _started(int(pid)) != started


def shown(owner: str) -> str:
    """An owner for people: its process number."""
    return f"process {owner.split('/')[1]}" if owner.count("/") == 3 else "another process"

"""virtlogd and libvirtd for the demo: started where none answers, remembered, and only those stopped again.

``python -m lab.dev.daemons start|stop HOME`` as root.  What was started stands in ``HOME/daemons.json`` with its
process id and start time, so that a process that merely got the same id later is never touched.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

SYSTEMD = Path("/run/systemd/system")
PATIENCE = 30.0  # seconds for a daemon to answer, or to end


class DaemonError(Exception):
    """One sentence for the person who ran ./dev."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """``sockets``: any one that answers means that the work is done; ``pid_file`` is the daemon's own."""

    name: str
    sockets: tuple[Path, ...]
    pid_file: Path


@dataclass(frozen=True, slots=True)
class Started:
    """A daemon that we started.  ``pid`` is 0 where systemd holds it; ``born`` is in clock ticks since boot."""

    name: str
    pid: int
    born: int


RUN = Path("/run/libvirt")
# A guest does not start without virtlogd, so it comes first.
DAEMONS = (
    Daemon("virtlogd", (RUN / "virtlogd-sock",), Path("/run/virtlogd.pid")),
    Daemon("libvirtd", (RUN / "libvirt-sock", RUN / "virtqemud-sock"), Path("/run/libvirtd.pid")),
)


def born(pid: int) -> int:
    """The start time of a process; 0 where there is none.  The name in brackets may itself hold spaces and brackets."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[19])


def answers(daemon: Daemon) -> bool:
    """Whether something listens on one of its sockets (a systemd socket counts: it starts the daemon)."""
    for path in daemon.sockets:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(path))
            except OSError:
                continue
            return True
    return False


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Poll until ``condition`` holds; DaemonError after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise DaemonError(f"{what} within {PATIENCE:.0f} s; its own messages are in the system log or /var/log/libvirt")
        time.sleep(0.1)


def run(*argv: str) -> None:
    """Run a short command; DaemonError with its last words where it fails."""
    try:
        subprocess.run(argv, check=True, timeout=60, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except subprocess.CalledProcessError as error:
        words = error.stderr.decode(errors="replace").strip().splitlines()
        raise DaemonError(f"{' '.join(argv)} failed: {words[-1] if words else error.returncode}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DaemonError(f"{' '.join(argv)} failed: {error}") from error


def start(daemon: Daemon) -> Started:
    """Start it and wait until it answers."""
    if SYSTEMD.is_dir():
        run("systemctl", "start", f"{daemon.name}.service")
        wait_for(lambda: answers(daemon), f"{daemon.name} was started by systemd but did not answer")
        return Started(daemon.name, 0, 0)
    program = shutil.which(daemon.name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        raise DaemonError(f"{daemon.name} is not installed: ./dev setup installs it")
    Path("/var/log/libvirt").mkdir(parents=True, exist_ok=True)
    run(program, "-d", "-p", str(daemon.pid_file))
    wait_for(lambda: answers(daemon), f"{daemon.name} was started but did not answer")
    pid = int(daemon.pid_file.read_text())
    return Started(daemon.name, pid, born(pid))


def stop(started: Started) -> bool:
    """End one that we started; False where it is gone already or the id now belongs to another process."""
    if started.pid == 0:
        run("systemctl", "stop", f"{started.name}.service")
        return True
    if born(started.pid) != started.born:
        return False
    os.kill(started.pid, signal.SIGTERM)
    wait_for(lambda: born(started.pid) != started.born, f"{started.name} (process {started.pid}) did not end")
    return True


def read_state(path: Path) -> list[Started]:
    """What was started and not stopped yet; nothing where the file is missing."""
    if not path.exists():
        return []
    return [Started(str(row["name"]), int(row["pid"]), int(row["born"])) for row in json.loads(path.read_text())]


def write_state(path: Path, started: list[Started]) -> None:
    """Replace the file in one step: a half-written one would lose a daemon."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps([asdict(row) for row in started]))
    temporary.replace(path)


def start_all(state: Path) -> None:
    """Start what does not answer; each is remembered before the next is started."""
    started = [row for row in read_state(state) if row.pid == 0 or born(row.pid) == row.born]
    for daemon in DAEMONS:
        if answers(daemon):
            continue
        started = [row for row in started if row.name != daemon.name]
        started.append(start(daemon))
        write_state(state, started)
        print(f"started {daemon.name}")
    write_state(state, started)


def stop_all(state: Path) -> None:
    """Stop ours in reverse order; those that others started are left alone."""
    started = read_state(state)
    while started:
        if stop(started[-1]):
            print(f"stopped {started[-1].name}")
        started.pop()
        write_state(state, started)
    state.unlink(missing_ok=True)


def main() -> int:
    """0 done, 1 with one sentence on stderr."""
    parser = argparse.ArgumentParser(description="The demo's daemons")
    parser.add_argument("action", choices=("start", "stop"))
    parser.add_argument("home", type=Path)
    chosen = parser.parse_args()
    state = chosen.home / "daemons.json"
    try:
        (start_all if chosen.action == "start" else stop_all)(state)
    except DaemonError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

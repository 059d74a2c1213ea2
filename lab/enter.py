"""``python -m lab.enter -- COMMAND ARGUMENTS…`` (root): run a command where a libvirtd of its own answers.

The command gets its own network, mounts, process ids, host name and IPC.  When it ends, or when this process is
killed, even by SIGKILL, the kernel ends all that ran inside, and its mounts and networks go with it.  Files of the
lab lie in a folder of their own under ``JIYUN_LAB_SCRATCH``, else ``TMPDIR``, which a janitor process removes.

The exit status is the command's own; 128 + N where signal N ended it; 2 for wrong usage.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

_PR_SET_PDEATHSIG = 1
_USAGE = "usage: python -m lab.enter -- COMMAND [ARGUMENT...]   (as root)\n"
_NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child", "--mount-proc")
_JANITOR_S = 30.0


def main(argv: list[str]) -> int:
    """Run ``argv`` after its ``--`` inside the lab and return the exit status to end with."""
    if len(argv) < 2 or argv[0] != "--" or os.geteuid() != 0:
        sys.stderr.write(_USAGE)
        return 2
    scratch = Path(tempfile.mkdtemp(prefix="jiyun-lab-", dir=os.environ.get("JIYUN_LAB_SCRATCH")))
    alive = _start_janitor(scratch)
    try:
        return _run_inside(scratch, alive, argv[1:])
    finally:
        os.close(alive.write)
        os.waitpid(alive.janitor, 0)


class _Alive:
    """The end of a pipe that stays open as long as the lab lives, and who watches the other end."""

    def __init__(self, write: int, janitor: int) -> None:
        self.write = write
        self.janitor = janitor


def _start_janitor(scratch: Path) -> _Alive:
    """Fork a process that removes ``scratch`` when nobody holds the pipe any longer, whatever ended the others."""
    read, write = os.pipe()
    janitor = os.fork()
    if janitor:
        os.close(read)
        return _Alive(write, janitor)
    status = 1
    try:
        os.setsid()  # a signal to the terminal's process group must not reach it
        os.close(write)
        os.read(read, 1)
        status = _sweep(scratch)
    finally:
        os._exit(status)


def _sweep(scratch: Path) -> int:
    """Remove the folder; processes of the lab that are just dying may still write to it, so try for a while."""
    deadline = time.monotonic() + _JANITOR_S
    while scratch.exists() and time.monotonic() < deadline:
        shutil.rmtree(scratch, ignore_errors=True)
        if scratch.exists():
            time.sleep(0.1)
    return int(scratch.exists())


def _run_inside(scratch: Path, alive: _Alive, command: list[str]) -> int:
    repository = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (repository, os.environ.get("PYTHONPATH"))))
    inside = ["unshare", *_NAMESPACES, sys.executable, "-m", "lab.inside", str(scratch), *command]
    libc = ctypes.CDLL(None)

    def die_with_parent() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    # The first process inside keeps the pipe open too: the janitor waits for it as well.
    process = subprocess.Popen(
        inside, env={**os.environ, "PYTHONPATH": path}, pass_fds=(alive.write,), preexec_fn=die_with_parent
    )

    def end(number: int, _frame: FrameType | None) -> None:
        process.kill()

    # The terminal sends an interrupt to the command as well, and the command decides what it means.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    signal.signal(signal.SIGTERM, end)
    status = process.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run a command so that neither it nor anything it starts outlives its caller or its time limit.

``python keeper.py SECONDS CALLER-PID COMMAND ARGUMENT…``.  Ansible's workers put themselves in sessions of their own
and are missed now and then when ansible-playbook is told to end; so this process takes over every orphan below it
(the kernel's "child subreaper") and, when the command ends, the time is up or the caller dies, kills whatever is left.
Its exit status is the command's; 124 when the time was up; 128 + N where signal N ended it.
"""

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

TIMED_OUT = 124
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(argv: list[str]) -> int:
    """Run ``argv[2:]``; returns the exit status to end with."""
    limit, caller, command = float(argv[0]), int(argv[1]), argv[2:]
    watched = {signal.SIGCHLD, *_ENDING}
    signal.pthread_sigmask(signal.SIG_BLOCK, watched)  # from here on they are waited for, so none comes unseen
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != caller:  # it died before the kernel was asked to tell us
        return 128 + signal.SIGTERM
    child = os.posix_spawn(command[0], command, os.environ, setsigmask=[])
    try:
        return _wait(child, time.monotonic() + limit, watched)
    finally:
        _kill_all()


def _wait(child: int, deadline: float, watched: set[signal.Signals]) -> int:
    """Wait for the command, a signal to end, or the deadline (monotonic seconds)."""
    while True:
        told = signal.sigtimedwait(watched, max(0.0, deadline - time.monotonic()))
        if told is None:
            return TIMED_OUT
        if told.si_signo in _ENDING:
            return 128 + told.si_signo
        for pid, status in _reaped():
            if pid == child:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code


def _reaped() -> list[tuple[int, int]]:
    """Process id and wait status of every child that has ended."""
    ended = []
    with suppress(ChildProcessError):
        while (one := os.waitpid(-1, os.WNOHANG))[0]:
            ended.append(one)
    return ended


def _kill_all() -> None:
    """Kill every process below this one, those too that are born meanwhile."""
    while below := _below(os.getpid()):
        for pid in below:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
        _reaped()


def _below(root: int) -> list[int]:
    """Every descendant of ``root`` that is not yet collected."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        mine = children.get(waiting.pop(), [])
        found += mine
        waiting += mine
    return found


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

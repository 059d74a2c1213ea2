"""Running the command as people do: as a process of its own, with pipes or on a terminal."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

REPO = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "sample" / "launch.py"


class Ended(NamedTuple):
    """A finished run."""

    status: int
    out: str
    err: str

    def error(self) -> dict[str, Any]:
        """The error object on standard error."""
        found: dict[str, Any] = json.loads(self.err)["error"]
        return found


def environment(home: Path, **more: str) -> dict[str, str]:
    """A bare environment: no setting of the person who runs the tests gets in."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(home), "JIYUN_HOME": str(home / "jiyun"), "PYTHONPATH": str(REPO)}
    return kept | {"LANG": "C.UTF-8"} | more


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """``run("vm", "list", JIYUN_LANG="zh")``: the command with the sample module, its output piped."""

    def runner(*words: str, **more: str) -> Ended:
        command = [sys.executable, str(SAMPLE), *words]
        done = subprocess.run(
            command, env=environment(tmp_path, **more), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return runner


@pytest.fixture
def run_on_terminal(tmp_path: Path) -> Run:
    """The same on a terminal ``columns`` wide, ``typed`` at its keyboard; both outputs end up in ``out``."""

    def runner(*words: str, columns: int = 80, typed: str = "", **more: str) -> Ended:
        ours, theirs = pty.openpty()
        env = environment(tmp_path, COLUMNS=str(columns), TERM="xterm-256color", **more)
        process = subprocess.Popen([sys.executable, str(SAMPLE), *words], env=env, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        os.write(ours, typed.encode())
        received = b""
        try:
            while chunk := os.read(ours, 65536):
                received += chunk
        except OSError:  # Linux reports the closed other side of a terminal this way
            pass
        os.close(ours)
        return Ended(process.wait(60), received.decode().replace("\r\n", "\n"), "")

    return runner

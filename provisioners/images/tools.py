"""Running the outside programs that make images: list arguments, a time limit, nothing left running."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jiyun.errors import JiyunError
from provisioners import problems

# The Debian package of each program, for the sentence that says what to install.
PACKAGES = {
    "apt-cache": "apt",
    "apt-config": "apt",
    "apt-get": "apt",
    "busybox": "busybox-static",
    "dpkg-deb": "dpkg",
    "dropbear": "dropbear-bin",
    "dropbearconvert": "dropbear-bin",
    "ldd": "libc-bin",
    "mke2fs": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
    "prlimit": "util-linux",
    "qemu-img": "qemu-utils",
    "unshare": "util-linux",
}
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class ToolFailed(Exception):
    """A program ended badly or took too long; the text is one line fit for a person."""


def locate(tool: str, path: str = _SYSTEM_PATH) -> Path:
    """Where the program is; raises ``host.tool-missing`` where it is in no folder of ``path``."""
    for folder in path.split(":"):
        program = Path(folder, tool)
        if program.is_file():
            return program
    raise problems.TOOL_MISSING(tool=tool, package=PACKAGES[tool])


def run(argv: Sequence[str | Path], *, timeout: float, cwd: Path | None = None, log: Path | None = None) -> str:
    """Run a program and return what it wrote to standard output.

    With ``log`` both its streams go to that file instead and the answer is empty.  ``timeout`` is in seconds.
    Raises ``host.tool-missing`` or :class:`ToolFailed`.
    """
    command = [str(locate(str(argv[0]))), *(str(word) for word in argv[1:])]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("JIYUN_")}  # may hold a password
    environment = {**ours, "PATH": _SYSTEM_PATH, "LC_ALL": "C.UTF-8"}
    if log is None:
        return _finish(command, timeout, cwd, environment, None)
    with log.open("a+", encoding="utf-8", errors="replace") as sink:
        return _finish(command, timeout, cwd, environment, sink)


def _finish(command: list[str], timeout: float, cwd: Path | None, environment: dict[str, str], sink: IO[str] | None) -> str:
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sink or subprocess.PIPE,
        stderr=sink or subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,  # so that its children can be ended with it
    )
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise ToolFailed(f"{Path(command[0]).name} did not end within {timeout:g} s") from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode != 0:
        said = err if sink is None else _tail(sink)
        raise ToolFailed(_reason(Path(command[0]).name, process.returncode, said))
    return out or ""


def _tail(log: IO[str]) -> str:
    log.seek(max(0, log.seek(0, os.SEEK_END) - 4096))
    return log.read()


def _reason(tool: str, status: int, err: str) -> str:
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return f"{tool}: {lines[-1]}" if lines else f"{tool} ended with status {status}"


@contextmanager
def stage(image: str, name: str, log: Path) -> Iterator[None]:
    """Turn whatever goes wrong inside into ``image.build-failed`` that names the stage."""
    try:
        yield
    except JiyunError:
        raise
    except (ToolFailed, OSError) as error:
        raise problems.IMAGE_BUILD(name=image, stage=name, reason=str(error), log=str(log)) from error

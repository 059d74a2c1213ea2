"""A private PostgreSQL cluster: made in a temporary folder, gone afterwards, also when its maker is killed.

``python -m tests.postgres -- COMMAND…`` runs a command beside one and gives its address in ``JIYUN_TEST_POSTGRES``
(through a socket that only we can reach) and ``JIYUN_TEST_POSTGRES_TCP`` (a loopback port, with a password).
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

USER = "postgres"
PATIENCE = 60.0  # seconds for the cluster to accept connections, or to end
VARIABLE = "JIYUN_TEST_POSTGRES"

# Tests make and drop hundreds of databases; none has to survive a power cut.
FAST = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
SMALL = ("-c", "shared_buffers=32MB", "-c", "max_connections=60", "-c", "autovacuum=off", "-c", "max_wal_size=256MB")

# Waits until its input closes, which happens however we end, then removes the folder; a signal of its own ends the server.
JANITOR = """
cat >/dev/null
turns=100
while [ -e "$1" ] && [ $turns -gt 0 ]; do rm -rf -- "$1" 2>/dev/null; sleep 0.1; turns=$((turns - 1)); done
"""


class NoPostgres(Exception):
    """PostgreSQL's programs are missing, or the cluster did not start; one sentence."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster.  Both addresses name the database ``postgres``: see :func:`with_database`."""

    url: str
    tcp_url: str
    pid: int
    folder: Path


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def programs() -> Path:
    """The folder of the newest PostgreSQL's own programs; Debian keeps initdb and postgres off PATH."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoPostgres("PostgreSQL's server programs are not installed: ./dev setup test installs them.")
    return Path(on_path).resolve().parent


def as_owner() -> list[str]:
    """What to put before a command that must own the cluster: PostgreSQL refuses to run as root.

    The kernel ends the command when we end: setpriv asks for that last, since a change of user clears it.
    """
    change = ["--reuid", USER, "--regid", USER, "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *change, "--pdeathsig", "QUIT", "--"]


def free_port() -> int:
    """A loopback port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_data(folder: Path, password: str) -> None:
    """initdb: everybody who reaches the socket is trusted, a network connection gives the password."""
    secret = folder / "password"
    secret.write_text(password)
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
        shutil.chown(secret, USER)
    argv = [
        *as_owner(),
        str(programs() / "initdb"),
        "--pgdata",
        str(folder / "data"),
        "--username",
        USER,
        "--pwfile",
        str(secret),
    ]
    argv += ["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    done = subprocess.run(argv, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    secret.unlink()
    if done.returncode:
        raise NoPostgres(f"initdb failed: {done.stderr.strip()}")


def launch(folder: Path, port: int, durable: bool) -> subprocess.Popen[bytes]:
    """Start the server itself, with no pg_ctl between, so that its life hangs on ours."""
    argv = [*as_owner(), str(programs() / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-p", str(port)]
    argv += ["-c", "listen_addresses=127.0.0.1", *SMALL, *(() if durable else FAST)]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(argv, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def accepts(server: subprocess.Popen[bytes], folder: Path, port: int) -> bool:
    """Wait until it accepts connections; False where it ended instead, as it does when its port was taken."""
    argv = [str(programs() / "pg_isready"), "--quiet", "--host", str(folder), "--port", str(port)]
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            return False
        if subprocess.run(argv, stdin=subprocess.DEVNULL, timeout=30, check=False).returncode == 0:
            return True
        time.sleep(0.05)
    return False


def end(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown, then by force."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextmanager
def janitor(folder: Path) -> Iterator[None]:
    """A helper outside our process group that removes the folder as soon as we are gone, whichever way."""
    keeper = subprocess.Popen(["sh", "-c", JANITOR, "janitor", str(folder)], stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        keeper.communicate(timeout=PATIENCE)


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A fresh cluster for the length of a ``with``; ``durable`` keeps fsync on, for measuring.  Raises NoPostgres."""
    with ExitStack() as stack:
        # Not TMPDIR: the path must be open to another user, and short enough for a socket.
        folder = Path(tempfile.mkdtemp(prefix="jiyun-postgres-", dir="/tmp"))
        stack.enter_context(janitor(folder))
        password = secrets.token_hex(16)
        make_data(folder, password)
        for _ in range(3):
            port = free_port()
            server = launch(folder, port, durable)
            stack.callback(end, server)
            if accepts(server, folder, port):
                break
        else:
            raise NoPostgres(f"the cluster did not start: {(folder / 'log').read_text()[-500:]}")
        url = f"postgresql://{USER}@/postgres?host={quote(str(folder), safe='')}&port={port}"
        yield Cluster(url, f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres", server.pid, folder)


def main(argv: list[str]) -> int:
    """Run a command beside a cluster; its exit status."""
    command = argv[1:] if argv[:1] == ["--"] else argv
    if not command:
        print("Usage: python -m tests.postgres -- COMMAND…", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with cluster() as running:
            environment = os.environ | {VARIABLE: running.url, f"{VARIABLE}_TCP": running.tcp_url}
            return subprocess.run(["setpriv", "--pdeathsig", "TERM", "--", *command], env=environment, check=False).returncode
    except NoPostgres as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

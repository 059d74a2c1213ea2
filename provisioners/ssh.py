"""SSH to a guest.  The host key was made before the guest, so it is compared before anything is proven to the guest."""

import logging
import shlex
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jiyun.errors import JiyunError
from jiyun.language import t
from provisioners.hostkeys import blob_fingerprint, fingerprint
from provisioners.problems import SSH_FAILED, SSH_HOST_KEY, SSH_TIMEOUT
from provisioners.spec import MachineSpec

if TYPE_CHECKING:
    from paramiko import Channel, PKey, Transport

KEY_TYPE = "ssh-ed25519"
SSH_PORT = 22
_ATTEMPT_SECONDS = 20.0  # one attempt; an emulated guest under load needs several seconds for the key exchange
_PAUSE_SECONDS = 1.0
_OUTPUT_LIMIT = 4 * 1024 * 1024  # bytes kept of each stream
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class SshProof:
    """A guest let Jiyun in, after showing the key made for it.  ``seconds`` is the time waited."""

    address: str
    fingerprint: str  # "SHA256:…" of the host key
    seconds: float


@dataclass(frozen=True, slots=True)
class CompletedCommand:
    """What a command in a guest ended with; output is UTF-8 text, bad bytes replaced, cut at 4 MiB."""

    status: int
    stdout: str
    stderr: str


class _NotYet(Exception):
    """One attempt failed in a way that may pass while a guest boots; the text is the reason for people."""


def wait_for_ssh(
    machine: MachineSpec, key: Path, deadline_seconds: float, say: Callable[[str], None], port: int = SSH_PORT
) -> SshProof:
    """Log in to the guest as soon as it answers.

    ``guest.ssh-timeout`` with the last reason after ``deadline_seconds``; ``guest.host-key-mismatch`` at once,
    without a login attempt, if the guest shows a key other than ``machine.host_key``.
    """
    start = time.monotonic()
    reason = ""
    while (left := deadline_seconds - (time.monotonic() - start)) > 0:
        try:
            with _session(machine, key, port, min(_ATTEMPT_SECONDS, left)):
                return SshProof(machine.port.ipv4, fingerprint(machine.host_key), time.monotonic() - start)
        except _NotYet as failure:
            if str(failure) != reason:
                reason = str(failure)
                say(t(f"waiting for SSH at {machine.port.ipv4}: {reason}", f"等待 {machine.port.ipv4} 的 SSH：{reason}"))
        time.sleep(max(0.0, min(_PAUSE_SECONDS, deadline_seconds - (time.monotonic() - start))))
    raise SSH_TIMEOUT(
        host=machine.hostname, address=machine.port.ipv4, seconds=round(deadline_seconds), reason=reason, machine=machine.id
    )


def run(
    machine: MachineSpec, key: Path, argv: list[str], timeout: float, stdin: bytes = b"", port: int = SSH_PORT
) -> CompletedCommand:
    """Run ``argv`` in the guest, its words quoted; ``guest.ssh-failed`` if it cannot be started or is not done in time."""
    deadline = time.monotonic() + timeout
    try:
        with _session(machine, key, port, timeout) as transport:
            channel = transport.open_session(timeout=timeout)
            channel.settimeout(max(0.1, deadline - time.monotonic()))
            channel.exec_command(shlex.join(argv))
            if stdin:
                channel.sendall(stdin)
            channel.shutdown_write()
            return _collect(channel, deadline)
    except JiyunError:
        raise
    except Exception as error:  # paramiko lets many kinds through: its own, socket's, EOFError
        raise SSH_FAILED(host=machine.hostname, address=machine.port.ipv4, reason=_reason(error)) from error


def known_hosts_line(machine: MachineSpec, port: int = SSH_PORT) -> str:
    """The line of a known_hosts file for the guest, without a newline."""
    name = machine.port.ipv4 if port == SSH_PORT else f"[{machine.port.ipv4}]:{port}"
    return f"{name} {machine.host_key}"


def strict_options(known_hosts: Path) -> list[str]:
    """OpenSSH options under which only the key in ``known_hosts`` is accepted and no file of the user is read."""
    path = str(known_hosts).replace("%", "%%")
    settings = (
        "StrictHostKeyChecking=yes",
        f'UserKnownHostsFile="{path}"',
        "GlobalKnownHostsFile=/dev/null",
        f"HostKeyAlgorithms={KEY_TYPE}",
        "UpdateHostKeys=no",
        "CheckHostIP=no",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "PasswordAuthentication=no",
        "KbdInteractiveAuthentication=no",
    )
    return ["-F", "none", *(word for setting in settings for word in ("-o", setting))]


def interactive_argv(machine: MachineSpec, key: Path, known_hosts: Path, port: int = SSH_PORT) -> list[str]:
    """The command line of OpenSSH for a person's session; ``known_hosts`` must hold :func:`known_hosts_line`.

    Words put after it are the command to run there, never options of ssh.
    """
    target = f"{machine.login}@{machine.port.ipv4}"
    return ["ssh", *strict_options(known_hosts), "-i", str(key), "-p", str(port), "--", target]


@contextmanager
def _session(machine: MachineSpec, key: Path, port: int, timeout: float) -> "Iterator[Transport]":
    """A logged-in transport, closed at the end; :class:`_NotYet` or ``guest.host-key-mismatch``."""
    import paramiko

    logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)  # what matters is raised; its log is for developers
    identity = paramiko.Ed25519Key.from_private_key_file(str(key))
    deadline = time.monotonic() + timeout
    try:
        plain = socket.create_connection((machine.port.ipv4, port), timeout=timeout)
    except OSError as error:
        raise _NotYet(_reason(error)) from error
    try:
        transport = paramiko.Transport(plain)
    except Exception:
        plain.close()
        raise
    try:
        _greet(transport, machine, max(0.1, deadline - time.monotonic()))
        _log_in(transport, machine.login, identity, max(0.1, deadline - time.monotonic()))
        yield transport
    finally:
        transport.close()
        plain.close()


def _greet(transport: "Transport", machine: MachineSpec, timeout: float) -> None:
    """Key exchange, then the comparison of the host key: nothing of ours has been offered at this point."""
    import paramiko

    transport.banner_timeout = timeout
    transport.handshake_timeout = timeout
    transport.get_security_options().key_types = (KEY_TYPE,)
    try:
        transport.start_client(timeout=timeout)
        shown = transport.get_remote_server_key()  # fails where start_client gave up in silence at its time limit
    except paramiko.ssh_exception.IncompatiblePeer:
        raise _mismatch(machine, t("no Ed25519 key", "无 Ed25519 密钥")) from None
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise _NotYet(_reason(error)) from error
    if f"{shown.get_name()} {shown.get_base64()}" != machine.host_key:
        raise _mismatch(machine, blob_fingerprint(shown.asbytes()))


def _log_in(transport: "Transport", login: str, identity: "PKey", timeout: float) -> None:
    import paramiko

    transport.auth_timeout = timeout
    try:
        transport.auth_publickey(login, identity)
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise _NotYet(_reason(error)) from error


def _mismatch(machine: MachineSpec, actual: str) -> JiyunError:
    return SSH_HOST_KEY(host=machine.hostname, address=machine.port.ipv4, actual=actual, expected=fingerprint(machine.host_key))


def _collect(channel: "Channel", deadline: float) -> CompletedCommand:
    """Read both streams to their end; TimeoutError at ``deadline`` (monotonic seconds)."""
    import select

    out, err = bytearray(), bytearray()
    while True:
        ready = channel.recv_ready(), channel.recv_stderr_ready()
        if ready[0]:
            _keep(out, channel.recv(_CHUNK))
        if ready[1]:
            _keep(err, channel.recv_stderr(_CHUNK))
        if any(ready):
            continue
        if channel.exit_status_ready() and (channel.eof_received or channel.closed):
            return CompletedCommand(channel.recv_exit_status(), out.decode(errors="replace"), err.decode(errors="replace"))
        if channel.closed:
            raise ConnectionError(t("the connection ended before the command did", "命令结束前连接已断开"))
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(t("the command was not done in time", "命令未在时限内完成"))
        select.select([channel], [], [], min(left, 1.0))
        if channel.eof_received:
            time.sleep(0.01)  # after the end of the output select returns at once; only the exit status is missing


def _keep(buffer: bytearray, chunk: bytes) -> None:
    buffer += chunk[: _OUTPUT_LIMIT - len(buffer)]


def _reason(error: BaseException) -> str:
    """One short phrase for people."""
    import paramiko

    if isinstance(error, _NotYet):
        return str(error)
    if isinstance(error, ConnectionRefusedError):
        return t("connection refused", "连接被拒绝")
    if isinstance(error, TimeoutError):
        return str(error) if error.errno is None and str(error) not in ("", "timed out") else t("no answer", "无应答")
    if isinstance(error, paramiko.AuthenticationException):
        return t("login refused", "登录被拒绝")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, paramiko.SSHException | EOFError):
        return t("the SSH service did not finish its greeting", "SSH 服务未完成握手")
    return str(error) or type(error).__name__

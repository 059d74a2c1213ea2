"""SSH proof against a real sshd: the right key, the wrong key, silence, a closed port, a refused login."""

import dataclasses
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from provisioners.hostkeys import KeyPair, LoginKey, fingerprint, host_key, login_key
from provisioners.spec import MachineSpec
from provisioners.ssh import interactive_argv, known_hosts_line, run, wait_for_ssh
from tests.provisioners.loopback import free_port, machine_at, sshd

HOST = host_key(bytes(32), "m-1")
OTHER = host_key(bytes(32), "m-2")
MACHINE = machine_at("127.0.0.1", HOST.public)


@pytest.fixture(scope="module")
def login(tmp_path_factory: pytest.TempPathFactory) -> LoginKey:
    return login_key(tmp_path_factory.mktemp("login"))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, login: LoginKey) -> Iterator[int]:
    with sshd(tmp_path_factory.mktemp("sshd") / "run", HOST, login) as number:
        yield number


def refused(machine: MachineSpec, key: Path, seconds: float, port: int, said: list[str]) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        wait_for_ssh(machine, key, seconds, said.append, port=port)
    return caught.value


def test_the_right_key_is_proven(login: LoginKey, port: int) -> None:
    said: list[str] = []
    proof = wait_for_ssh(MACHINE, login.private, 30, said.append, port=port)
    assert (proof.address, proof.fingerprint) == ("127.0.0.1", fingerprint(HOST.public))
    assert 0 < proof.seconds < 30
    assert said == []


def test_another_host_key_ends_it_at_once_and_nothing_is_offered(login: LoginKey, tmp_path: Path) -> None:
    said: list[str] = []
    with sshd(tmp_path / "sshd", OTHER, login) as number:
        start = time.monotonic()
        error = refused(MACHINE, login.private, 30, number, said)
        assert time.monotonic() - start < 15
        log = (tmp_path / "sshd" / "log").read_text()
    assert (error.code, error.exit) == ("guest.host-key-mismatch", Exit.EXTERNAL)
    assert fingerprint(OTHER.public) in error.message() and fingerprint(HOST.public) in error.message()
    assert "no login was tried" in error.message()
    assert "Accepted" not in log and "publickey" not in log


def test_a_host_without_an_ed25519_key_is_a_mismatch(login: LoginKey, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", tmp_path / "ec"], check=True, timeout=20)
    public = " ".join((tmp_path / "ec.pub").read_text().split()[:2])
    with sshd(tmp_path / "sshd", KeyPair((tmp_path / "ec").read_text(), public), login) as number:
        error = refused(MACHINE, login.private, 30, number, [])
    assert error.code == "guest.host-key-mismatch"
    assert "no Ed25519 key" in error.message()


def test_a_port_that_accepts_and_never_speaks_is_given_up_in_time(login: LoginKey) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        start = time.monotonic()
        error = refused(MACHINE, login.private, 3, silent.getsockname()[1], [])
        spent = time.monotonic() - start
    assert 2.5 < spent < 6
    assert error.code == "guest.ssh-timeout"
    assert "greeting" in error.message() or "no answer" in error.message()


def test_a_closed_port_is_given_up_in_time_and_said_once(login: LoginKey) -> None:
    said: list[str] = []
    start = time.monotonic()
    error = refused(MACHINE, login.private, 2.5, free_port(), said)
    assert 2.4 < time.monotonic() - start < 5
    assert error.code == "guest.ssh-timeout"
    assert "connection refused" in error.message() and "`jiyun vm console --log m-1`" in error.message()
    assert said == ["waiting for SSH at 127.0.0.1: connection refused"]


def test_a_refused_login_is_the_reason_given(port: int, tmp_path: Path) -> None:
    stranger = login_key(tmp_path / "stranger")
    error = refused(MACHINE, stranger.private, 2.5, port, [])
    assert error.code == "guest.ssh-timeout"
    assert "login refused" in error.message()


def test_a_guest_that_comes_up_late_is_found(login: LoginKey, tmp_path: Path) -> None:
    said: list[str] = []
    proofs: list[float] = []
    late = free_port()
    waiting = threading.Thread(
        target=lambda: proofs.append(wait_for_ssh(MACHINE, login.private, 30, said.append, port=late).seconds)
    )
    waiting.start()
    time.sleep(1.5)
    with sshd(tmp_path / "sshd", HOST, login, late):
        waiting.join(30)
    assert len(proofs) == 1 and proofs[0] > 1.4
    assert said[0].endswith("connection refused")


def test_a_command_keeps_its_words_and_its_streams_apart(login: LoginKey, port: int) -> None:
    words = ["printf", "%s|", "a b", "$HOME", "'", '"', "集云", ""]
    done = run(MACHINE, login.private, words, 20, port=port)
    assert (done.status, done.stdout, done.stderr) == (0, "a b|$HOME|'|\"|集云||", "")
    done = run(MACHINE, login.private, ["sh", "-c", "cat; echo bad >&2; exit 7"], 20, b"in\x00put\n", port=port)
    assert (done.status, done.stdout, done.stderr) == (7, "in\x00put\n", "bad\n")


def test_much_output_on_both_streams_does_not_block(login: LoginKey, port: int) -> None:
    script = "head -c 3000000 /dev/zero | tr '\\0' e >&2; head -c 6000000 /dev/zero | tr '\\0' o"
    done = run(MACHINE, login.private, ["sh", "-c", script], 60, port=port)
    assert (len(done.stderr), len(done.stdout)) == (3_000_000, 4 * 1024 * 1024)


def test_a_command_that_hangs_is_given_up(login: LoginKey, port: int) -> None:
    start = time.monotonic()
    with pytest.raises(JiyunError) as caught:
        run(MACHINE, login.private, ["sleep", "20"], 2, port=port)
    assert time.monotonic() - start < 6
    assert caught.value.code == "guest.ssh-failed"
    assert "not done in time" in caught.value.message()


def test_a_command_is_not_sent_to_a_host_with_another_key(login: LoginKey, port: int) -> None:
    stranger = dataclasses.replace(MACHINE, host_key=OTHER.public)
    with pytest.raises(JiyunError) as caught:
        run(stranger, login.private, ["true"], 20, port=port)
    assert caught.value.code == "guest.host-key-mismatch"


def test_the_interactive_command_line_works_and_is_strict(login: LoginKey, port: int, tmp_path: Path) -> None:
    known = tmp_path / "known % hosts"
    known.write_text(known_hosts_line(MACHINE, port) + "\n")
    argv = [*interactive_argv(MACHINE, login.private, known, port), "echo", "in"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (0, "in\n")
    known.write_text(known_hosts_line(dataclasses.replace(MACHINE, host_key=OTHER.public), port) + "\n")
    wrong = subprocess.run(argv, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    assert wrong.returncode == 255 and "in\n" not in wrong.stdout
    assert "Host key verification failed" in wrong.stderr
    assert known_hosts_line(MACHINE) == f"127.0.0.1 {HOST.public}"


def test_reasons_are_told_in_chinese_too(login: LoginKey) -> None:
    from jiyun import language

    language.use("zh")
    try:
        assert "连接被拒绝" in refused(MACHINE, login.private, 1, free_port(), []).message()
    finally:
        language.use("en")

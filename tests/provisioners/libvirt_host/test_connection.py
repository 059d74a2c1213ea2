"""Opening: wrong URIs, nobody there, and a socket that takes the call and never speaks."""

import socket
import time
from pathlib import Path

import pytest

from jiyun.errors import JiyunError
from provisioners.libvirt_host import open_host
from provisioners.libvirt_host.connection import connect
from provisioners.spec import HostSpec


def _refusal(uri: str, wait_seconds: float = 5.0) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        connect(HostSpec("h1", uri), wait_seconds)
    assert caught.value.code == "host.unreachable"
    return caught.value


@pytest.mark.parametrize("uri", ["test:///default", "qemu+ssh://root@10.0.0.1/system", "qemu:///session", "not a uri"])
def test_only_local_system_uris(uri: str) -> None:
    assert "only a local" in _refusal(uri).message()


def test_nobody_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(JiyunError) as caught:
        open_host(HostSpec("h1", f"qemu+unix:///system?socket={tmp_path}/none"))
    assert "No such file or directory" in caught.value.message()
    assert capfd.readouterr() == ("", "")  # libvirt prints its errors itself unless it is silenced


def test_a_silent_socket_does_not_hold_us(tmp_path: Path) -> None:
    path = tmp_path / "silent"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        started = time.monotonic()
        assert "nothing answered within 0.5 s" in _refusal(f"qemu+unix:///system?socket={path}", 0.5).message()
        assert time.monotonic() - started < 3

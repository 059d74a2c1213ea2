"""The port guard, shown by packets: one real guest sends them, a host socket at another guest's tap sees what arrives.

With the guard nothing hostile arrives; with its rule chain emptied each hostile frame does, so the frames are real;
with the guest's port taken out of the guard nothing of it arrives at all.  Honest frames pass in the first two cases.
"""

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provisioners.hostkeys import LoginKey, login_key
from provisioners.libvirt_host.guard_rules import FAMILY, TABLE
from provisioners.spec import ImageSpec, MachineSpec, PoolSpec
from provisioners.ssh import run, wait_for_ssh
from tests.provisioners import frames, guests

if TYPE_CHECKING:
    from provisioners.images.cache import ImageCache
    from provisioners.libvirt_host.host import LibvirtHost

pytestmark = pytest.mark.hypervisor

# Sends every frame of its input, each a line of hexadecimal digits, as it is.
HELPER = r"""
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
int main(int argc, char **argv) {
    static char line[8192];
    int raw = socket(AF_PACKET, SOCK_RAW, 0);
    struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = argc > 1 ? (int) if_nametoindex(argv[1]) : 0 };
    if (raw < 0 || to.sll_ifindex == 0) { perror("raw socket"); return 1; }
    while (fgets(line, sizeof line, stdin)) {
        unsigned char frame[4096];
        size_t size = 0;
        unsigned byte;
        while (sscanf(line + 2 * size, "%2x", &byte) == 1) frame[size++] = (unsigned char) byte;
        if (sendto(raw, frame, size, 0, (struct sockaddr *) &to, sizeof to) != (ssize_t) size) { perror("send"); return 1; }
    }
    return 0;
}
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two running guests on one segment; the first can send raw frames."""

    host: "LibvirtHost"
    sender: MachineSpec
    receiver: MachineSpec
    key: Path

    @property
    def frames(self) -> frames.Sender:
        return frames.Sender(self.sender.port, self.receiver.port)

    def send(self, sent: list[bytes]) -> None:
        """Let the first guest send the frames in order."""
        lines = b"".join(frame.hex().encode() + b"\n" for frame in sent)
        done = run(self.sender, self.key, ["sudo", "-n", "/tmp/send", "eth0"], 60, lines)
        assert (done.status, done.stderr) == (0, "")

    def arrived(self, sent: dict[str, bytes], number: int) -> set[str]:
        """Send ``sent`` and say by name what reached the second guest's tap; number ``number`` ends the watch."""
        last = self.frames.last(number)
        with frames.watch(self.receiver.port.tap) as tap:
            self.send([*sent.values(), last])
            return frames.names_in(until(tap, last, 10), sent)


def until(tap: socket.socket, last: bytes | None, seconds: float) -> list[bytes]:
    """Every frame seen before ``last``, or within ``seconds`` if that never comes or none is named."""
    seen: list[bytes] = []
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and last not in seen[-1:]:
        tap.settimeout(left)
        try:
            seen.append(frames.given_to_guest(tap))
        except TimeoutError:
            break
    return seen


@pytest.fixture(scope="module")
def helper(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("helper")
    (folder / "send.c").write_text(HELPER)
    argv = ["gcc", "-static", "-Os", "-s", "-Wall", "-Werror", "-o", str(folder / "send"), str(folder / "send.c")]
    subprocess.run(argv, check=True, timeout=60)
    return (folder / "send").read_bytes()


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, helper: bytes, tiny_image: ImageSpec, image_cache: "ImageCache"
) -> Iterator[Pair]:
    from provisioners.libvirt_host.host import LibvirtHost

    folder = tmp_path_factory.mktemp("guests")
    login: LoginKey = login_key(folder / "keys")
    pool = PoolSpec("jy-packets", str(folder / "pool"))
    first, second = (guests.guest(number, tiny_image, pool, login, 128) for number in (21, 22))
    with LibvirtHost(guests.HOST) as host:
        try:
            with guests.running(host, first, image_cache), guests.running(host, second, image_cache):
                for machine in (first, second):
                    wait_for_ssh(machine, login.private, 120, print)
                done = run(first, login.private, ["sh", "-c", "cat > /tmp/send && chmod 755 /tmp/send"], 60, helper)
                assert done.status == 0, done.stderr
                yield Pair(host, first, second, login.private)
        finally:
            for part in tiny_image.parts:
                host.remove_image_part(pool, part)
            host.remove_segment(guests.SEGMENT)
            host.remove_pool(pool)


def test_with_the_guard_only_honest_frames_arrive(pair: Pair) -> None:
    honest, hostile = pair.frames.honest(), pair.frames.hostile()
    assert pair.arrived(hostile | honest, 1) == set(honest)


def test_without_the_rules_every_hostile_frame_arrives(pair: Pair) -> None:
    honest, hostile = pair.frames.honest(), pair.frames.hostile()
    subprocess.run(["nft", "flush", "chain", FAMILY, TABLE, "from_guest"], check=True, timeout=20)
    try:
        assert pair.arrived(hostile | honest, 2) == set(honest) | set(hostile)
    finally:
        assert pair.host.ensure_guard(pair.sender.port)  # it notices the loss and makes the table whole again
    assert pair.arrived(hostile | honest, 3) == set(honest)


def test_a_port_taken_out_of_the_guard_sends_nothing(pair: Pair) -> None:
    honest, hostile = pair.frames.honest(), pair.frames.hostile()
    text = "".join(frame.hex() + "\n" for frame in (hostile | honest).values())
    later = "cat > /tmp/frames; (sleep 8; sudo -n /tmp/send eth0 < /tmp/frames && touch /tmp/sent) > /dev/null 2>&1 < /dev/null &"
    assert run(pair.sender, pair.key, ["sh", "-c", later], 30, text.encode()).status == 0
    with frames.watch(pair.receiver.port.tap) as tap:
        assert pair.host.remove_guard(pair.sender.port)
        try:
            seen = until(tap, None, 20)
        finally:
            assert pair.host.ensure_guard(pair.sender.port)
    assert run(pair.sender, pair.key, ["test", "-e", "/tmp/sent"], 30).status == 0
    assert frames.names_in(seen, hostile | honest) == set()
    assert pair.arrived(honest, 4) == set(honest)


def test_the_guests_reach_each_other_by_their_own_addresses(pair: Pair) -> None:
    for address in (pair.receiver.port.ipv4, pair.receiver.port.ipv6):
        done = run(pair.sender, pair.key, ["ping", "-c", "2", "-W", "5", address], 30)
        assert (done.status, "2 packets received" in done.stdout) == (0, True), done.stdout

"""The whole way into a full guest: cloud-init seed, verified first SSH, the baseline twice, what it left behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from playbooks import BASELINE
from provisioners.ansible import JSON, run_playbook
from provisioners.hostkeys import fingerprint, login_key
from provisioners.spec import ImageSpec, MachineSpec, PoolSpec
from provisioners.ssh import run, wait_for_ssh
from tests.provisioners import guests

if TYPE_CHECKING:
    from provisioners.images.cache import ImageCache

pytestmark = pytest.mark.hypervisor

BOOT_SECONDS = 900  # an emulated guest on a loaded machine
OWNER = "株洲市 {{ 7 * 7 }} 数据局"


@pytest.fixture
def machine_and_key(tmp_path: Path, debian_image: ImageSpec, image_cache: "ImageCache") -> Iterator[tuple[MachineSpec, Path]]:
    from provisioners.libvirt_host.host import LibvirtHost

    login = login_key(tmp_path / "keys")
    pool = PoolSpec("jy-baseline", str(tmp_path / "pool"))
    machine = guests.guest(31, debian_image, pool, login, 512, data_mib=128)
    with LibvirtHost(guests.HOST) as host:
        try:
            with guests.running(host, machine, image_cache):
                yield machine, login.private
        finally:
            for part in debian_image.parts:
                host.remove_image_part(pool, part)
            host.remove_segment(guests.SEGMENT)
            host.remove_pool(pool)


def test_a_full_guest_is_reached_and_hardened_and_a_second_run_changes_nothing(
    machine_and_key: tuple[MachineSpec, Path], tmp_path: Path
) -> None:
    machine, key = machine_and_key
    proof = wait_for_ssh(machine, key, BOOT_SECONDS, print)
    assert proof.fingerprint == fingerprint(machine.host_key)

    variables: dict[str, JSON] = {
        "jiyun_department": OWNER,
        "jiyun_system": "portal",
        "jiyun_machine": machine.id,
        "jiyun_login": machine.login,
        "jiyun_data_serial": "jydata31",
    }
    first = run_playbook(BASELINE, machine, key, tmp_path / "first", print, variables)
    second = run_playbook(BASELINE, machine, key, tmp_path / "second", print, variables)
    print(first.recap, first.seconds, second.recap, second.seconds)
    assert first.changed > 0
    assert (second.changed, second.failed, second.unreachable) == (0, 0, 0)

    def told(*argv: str) -> str:
        done = run(machine, key, list(argv), 120)
        assert done.status == 0, done.stderr
        return done.stdout

    marker = json.loads(told("cat", "/etc/jiyun/baseline.json"))
    assert marker == {"baseline": 1, "department": OWNER, "machine": machine.id, "system": "portal"}
    assert told("cat", "/etc/issue.net").splitlines()[0] == f"{OWNER} / portal"
    settings = told("sudo", "-n", "/usr/sbin/sshd", "-T").splitlines()
    wanted = {"permitrootlogin no", "passwordauthentication no", "permitemptypasswords no", "banner /etc/issue.net"}
    assert wanted <= set(settings)
    assert told("/usr/sbin/sysctl", "-n", "net.ipv4.conf.all.accept_redirects").strip() == "0"
    assert told("findmnt", "-no", "FSTYPE", "/data").strip() == "ext4"
    assert told("stat", "-c", "%U %a", "/data").split() == [machine.login, "750"]
    assert told("date", "+%Z").strip() == "CST"
    assert told("ls", "/etc/ssh").split().count("ssh_host_ed25519_key") == 1

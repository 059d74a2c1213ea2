"""The seed says everything the guest needs, in three documents and the tiny guest's files, and is byte-stable."""

import dataclasses
import io
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from provisioners.hostkeys import host_key
from provisioners.seed import meta_data, network_config, seed_iso, tiny_files, user_data
from provisioners.spec import MachineSpec
from tests.provisioners.loopback import PUBLIC, machine_at

PAIR = host_key(bytes(32), "m-1")
NASTY = 'ssh-ed25519 AAAA x"\nrunc' + "md: [reboot]\n- 'é集云'"


def machine(**changes: Any) -> MachineSpec:
    return dataclasses.replace(machine_at(host_key=PAIR.public, login="gov"), **changes)


def parsed(text: str) -> Any:
    import yaml

    return yaml.safe_load(text)


def opened(content: bytes) -> Any:
    import pycdlib

    iso = pycdlib.PyCdlib()
    iso.open_fp(io.BytesIO(content))
    return iso


def read(iso: Any, **path: str) -> str:
    out = io.BytesIO()
    iso.get_file_from_iso_fp(out, **path)
    return out.getvalue().decode()


def test_user_data_says_who_may_log_in_and_with_which_host_key() -> None:
    text = user_data(machine(), PAIR.private)
    assert text.startswith("#cloud-config\n")
    document = parsed(text)
    assert document["hostname"] == "app-1"
    assert document["users"] == [
        {
            "name": "gov",
            "ssh_authorized_keys": [PUBLIC],
            "sudo": ["ALL=(ALL) NOPASSWD:ALL"],
            "lock_passwd": True,
            "shell": "/bin/bash",
        }
    ]
    assert document["ssh_keys"] == {"ed25519_private": PAIR.private, "ed25519_public": PAIR.public}
    assert (document["ssh_pwauth"], document["disable_root"], document["ssh_deletekeys"]) == (False, True, True)
    assert (document["locale"], document["timezone"]) == (False, "Asia/Shanghai")


def test_the_data_volume_is_found_by_its_serial() -> None:
    document = parsed(user_data(machine(), PAIR.private))
    assert document["fs_setup"][0]["device"] == "/dev/disk/by-id/virtio-jydata0001"
    assert document["fs_setup"][0]["overwrite"] is False
    assert document["mounts"][0][:3] == ["/dev/disk/by-id/virtio-jydata0001", "/data", "ext4"]
    assert "nofail" in document["mounts"][0][3]
    bare = parsed(user_data(machine_at(data=False), PAIR.private))
    assert "fs_setup" not in bare and "mounts" not in bare


def test_values_are_data_never_yaml() -> None:
    document = parsed(user_data(machine(authorized_keys=(NASTY,), hostname="yes"), PAIR.private))
    assert document["users"][0]["ssh_authorized_keys"] == [NASTY]
    assert document["hostname"] == "yes"
    assert "runcmd" not in document


def test_network_config_is_matched_on_the_mac() -> None:
    ethernet = parsed(network_config(machine()))["ethernets"]["port0"]
    assert ethernet == {
        "match": {"macaddress": "52:54:00:12:34:56"},
        "dhcp4": True,
        "dhcp6": False,
        "accept-ra": False,
        "addresses": ["fd77::10/64"],
        "gateway6": "fd77::1",
    }
    assert "addresses" not in parsed(network_config(machine_at(ipv6=False)))["ethernets"]["port0"]


def test_meta_data_names_the_instance() -> None:
    assert parsed(meta_data(machine())) == {"instance-id": machine().uuid, "local-hostname": "app-1"}


def test_tiny_files_are_exactly_what_its_init_reads() -> None:
    assert tiny_files(machine(authorized_keys=("a", "b")), PAIR.private) == {
        "hostname": "app-1\n",
        "login": "gov\n",
        "authorized_keys": "a\nb\n",
        "ssh_host_ed25519_key": PAIR.private,
        "data_serial": "jydata0001\n",
        "ipv6": "fd77::10/64 fd77::1\n",
    }
    assert set(tiny_files(machine_at(data=False, ipv6=False), PAIR.private)) == {
        "hostname",
        "login",
        "authorized_keys",
        "ssh_host_ed25519_key",
    }


def test_the_image_holds_the_same_texts_under_both_kinds_of_names() -> None:
    iso = opened(seed_iso(machine(), PAIR.private))
    assert iso.pvd.volume_identifier.decode().strip() == "cidata"
    expected = {
        "/user-data": user_data(machine(), PAIR.private),
        "/meta-data": meta_data(machine()),
        "/network-config": network_config(machine()),
    }
    expected |= {f"/jiyun/{name}": text for name, text in tiny_files(machine(), PAIR.private).items()}
    for path, text in expected.items():
        assert read(iso, rr_path=path) == text
        assert read(iso, joliet_path=path) == text
    assert iso.get_record(rr_path="/jiyun/ssh_host_ed25519_key").rock_ridge.get_file_mode() == 0o100400
    iso.close()


def test_blkid_sees_the_volume_id(tmp_path: Path) -> None:
    path = tmp_path / "seed.raw"
    path.write_bytes(seed_iso(machine(), PAIR.private))
    argv = ["/usr/sbin/blkid", "-p", "-o", "export", str(path)]
    told = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=20).stdout
    assert "LABEL=cidata" in told.splitlines() and "TYPE=iso9660" in told.splitlines()


BUILD = """
import sys
from provisioners.hostkeys import host_key
from provisioners.seed import seed_iso
from tests.provisioners.loopback import machine_at
pair = host_key(bytes(32), "m-1")
sys.stdout.buffer.write(seed_iso(machine_at(host_key=pair.public, login="gov"), pair.private))
"""


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/St_Johns"])
def test_the_same_machine_gives_the_same_bytes_at_another_time_and_place(zone: str) -> None:
    first = seed_iso(machine(), PAIR.private)
    time.sleep(1.1)  # a second of the clock must pass: the format holds whole seconds
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": "7", "PYTHONPATH": str(Path.cwd())}
    again = subprocess.run([sys.executable, "-c", BUILD], env=environment, capture_output=True, check=True, timeout=60).stdout
    assert first == again
    assert seed_iso(machine(hostname="app-2"), PAIR.private) != first

"""The NoCloud seed: one small ISO image that tells a guest at its first boot who it is.

A guest with cloud-init reads ``user-data``, ``meta-data`` and ``network-config``; the tiny guest reads the plain
files of the folder ``jiyun``.  The same machine and key always give the same bytes, so a seed can be written again.
"""

import io
from ipaddress import ip_interface, ip_network
from typing import Any

from jiyun.clock import CITY_ZONE
from provisioners.spec import MachineSpec, VolumeSpec

VOLUME_ID = "cidata"
DATA_MOUNT = "/data"
DATA_LABEL = "data"
_SECTOR = 2048
_DESCRIPTORS = (16, 17)  # sectors of the primary and of the Joliet volume descriptor
_DATES = slice(813, 881)  # where a descriptor keeps its four times of 17 bytes
_EPOCH = b"2020010100000000\0"
_NEVER = b"0" * 16 + b"\0"


def seed_iso(machine: MachineSpec, host_private_key: str) -> bytes:
    """The whole image.  ``host_private_key`` is the OpenSSH PEM text that belongs to ``machine.host_key``."""
    files = {
        "user-data": user_data(machine, host_private_key),
        "meta-data": meta_data(machine),
        "network-config": network_config(machine),
    }
    return _iso(files, tiny_files(machine, host_private_key))


def user_data(machine: MachineSpec, host_private_key: str) -> str:
    """The ``#cloud-config`` document: host name, login account, host key, data volume, time zone."""
    document: dict[str, Any] = {
        "hostname": machine.hostname,
        "preserve_hostname": False,
        "manage_etc_hosts": "localhost",
        "users": [
            {
                "name": machine.login,
                "ssh_authorized_keys": list(machine.authorized_keys),
                "sudo": ["ALL=(ALL) NOPASSWD:ALL"],
                "lock_passwd": True,
                "shell": "/bin/bash",
            }
        ],
        "ssh_pwauth": False,
        "disable_root": True,
        "ssh_deletekeys": True,
        "ssh_keys": {"ed25519_private": host_private_key, "ed25519_public": machine.host_key},
        "no_ssh_fingerprints": True,
        "ssh": {"emit_keys_to_console": False},
        "locale": False,
        "timezone": CITY_ZONE,
        "package_update": False,
        "package_upgrade": False,
    }
    data = data_volume(machine)
    if data is not None:
        document |= _data_disk(data)
    return "#cloud-config\n" + _yaml(document)


def meta_data(machine: MachineSpec) -> str:
    """``instance-id`` is the machine's UUID: another machine's seed makes cloud-init start afresh."""
    return _yaml({"instance-id": machine.uuid, "local-hostname": machine.hostname})


def network_config(machine: MachineSpec) -> str:
    """Version 2, matched on the MAC: IPv4 by DHCP reservation, IPv6 static, router advertisements not believed."""
    port = machine.port
    ethernet: dict[str, Any] = {"match": {"macaddress": port.mac}, "dhcp4": True, "dhcp6": False, "accept-ra": False}
    if port.ipv6:
        ethernet["addresses"] = [_ipv6_interface(machine)]
        # Not a route to ::/0: cloud-init 22.4 takes its prefix length 0 for "none given" and writes ::/64 instead.
        ethernet["gateway6"] = port.segment.ipv6_gateway
    return _yaml({"version": 2, "ethernets": {"port0": ethernet}})


def tiny_files(machine: MachineSpec, host_private_key: str) -> dict[str, str]:
    """File name -> content, what the tiny guest reads; each ends with a newline."""
    files = {
        "hostname": f"{machine.hostname}\n",
        "login": f"{machine.login}\n",
        "authorized_keys": "".join(f"{line}\n" for line in machine.authorized_keys),
        "ssh_host_ed25519_key": host_private_key,
    }
    data = data_volume(machine)
    if data is not None:
        files["data_serial"] = f"{data.serial}\n"
    if machine.port.ipv6:
        files["ipv6"] = f"{_ipv6_interface(machine)} {machine.port.segment.ipv6_gateway}\n"
    return files


def data_volume(machine: MachineSpec) -> VolumeSpec | None:
    """The first data volume: the one that is mounted at /data."""
    return next((volume for volume in machine.volumes if volume.role == "data"), None)


def device_path(volume: VolumeSpec) -> str:
    """Where a guest finds a volume, whatever the order of its disks."""
    return f"/dev/disk/by-id/virtio-{volume.serial}"


def _data_disk(volume: VolumeSpec) -> dict[str, Any]:
    """Format the volume if it is blank and mount it; ``auto`` leaves a volume that has any file system alone."""
    device = device_path(volume)
    setup = {"device": device, "filesystem": "ext4", "label": DATA_LABEL, "partition": "auto", "overwrite": False}
    options = "defaults,nosuid,nodev,nofail,x-systemd.device-timeout=60s"
    return {"fs_setup": [setup], "mounts": [[device, DATA_MOUNT, "ext4", options, "0", "2"]]}


def _ipv6_interface(machine: MachineSpec) -> str:
    """``ADDRESS/PREFIX`` of the machine's static IPv6 address."""
    prefix = ip_network(machine.port.segment.ipv6_cidr).prefixlen
    return str(ip_interface(f"{machine.port.ipv6}/{prefix}"))


def _yaml(document: dict[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _iso(files: dict[str, str], tiny: dict[str, str]) -> bytes:
    """ISO 9660 with Joliet and Rock Ridge names; every time in it is pinned."""
    import pycdlib

    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, vol_ident=VOLUME_ID, joliet=3, rock_ridge="1.09")
    for index, (name, text) in enumerate(files.items()):
        _add(iso, "", f"F{index}", name, text)
    iso.add_directory("/JIYUN", rr_name="jiyun", joliet_path="/jiyun", file_mode=0o040555)
    for index, (name, text) in enumerate(tiny.items()):
        _add(iso, "/JIYUN", f"F{index}", name, text)
    _pin_times(iso)
    out = io.BytesIO()
    iso.write_fp(out)
    iso.close()
    return _pin_descriptors(out.getvalue())


def _add(iso: Any, folder: str, short: str, name: str, text: str) -> None:
    content = text.encode()
    path = f"{folder}/{short}.;1"
    joliet = f"{folder.lower()}/{name}"
    iso.add_fp(io.BytesIO(content), len(content), path, rr_name=name, joliet_path=joliet, file_mode=0o100400)


def _pin_times(iso: Any) -> None:
    """Set the times of every directory record: the writer takes them from the clock and has no other way."""
    from pycdlib.dates import DirectoryRecordDate

    pinned = DirectoryRecordDate.from_fields(120, 1, 1, 0, 0, 0, 0)  # 2020-01-01T00:00:00Z
    waiting = [iso.get_record(rr_path="/"), iso.get_record(joliet_path="/")]
    while waiting:
        record = waiting.pop()
        record.date = pinned
        if record.rock_ridge is not None:
            for entries in (record.rock_ridge.dr_entries, record.rock_ridge.ce_entries):
                times = entries.tf_record if entries is not None else None
                if times is not None:
                    times.access_time = times.modification_time = times.attribute_change_time = pinned
        waiting.extend(record.children)


def _pin_descriptors(image: bytes) -> bytes:
    """Set creation, modification, expiry and effective time of both descriptors; the writer stamps them at the last moment."""
    pinned = bytearray(image)
    for sector in _DESCRIPTORS:
        start = sector * _SECTOR
        pinned[start + _DATES.start : start + _DATES.stop] = _EPOCH + _EPOCH + _NEVER + _EPOCH
    return bytes(pinned)

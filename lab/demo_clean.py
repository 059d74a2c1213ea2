"""Taking the demo away: first through Jiyun itself, then whatever is left on the host under names of its store.

The second part needs no readable store.  Every name of Jiyun's is derived from the store's id, so the names that this
store can have given out are known; nothing under another name is touched, so another store on this host keeps all.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from jiyun import ids
from jiyun.errors import JiyunError
from jiyun.language import t
from lab.narrator import ROOT, CommandFailed, Narrator

if TYPE_CHECKING:
    import libvirt

ESTATE = ROOT / "inventory/examples/zhuzhou.yaml"
NOTE = "demo.json"  # {"store": id}, beside the store: a damaged store cannot say its own id
QEMU_LOGS = Path("/var/log/libvirt/qemu")
ORDERS = 5000  # names are derived from order numbers; nobody submits more in a demo


def note_store(narrator: Narrator) -> None:
    """Write down the store's id for a later clean."""
    from jiyun.store import open_store

    with open_store(f"sqlite:///{narrator.home / 'jiyun.db'}") as store:
        (narrator.home / NOTE).write_text(json.dumps({"store": store.facts.id}))


def clean(narrator: Narrator) -> None:
    """Remove machines, images, networks, pool, guard and home of the demo; says what it does."""
    try:
        with suppress(JiyunError, OSError):
            note_store(narrator)
        _through_jiyun(narrator)
    except (CommandFailed, subprocess.TimeoutExpired) as error:
        print(t(f"`{error}` failed; its things are removed by name.", f"`{error}` 失败；改为按名称移除。"), flush=True)
    note = narrator.home / NOTE
    if note.exists():
        _sweep(str(json.loads(note.read_text())["store"]), narrator.home)
    _remove_home(narrator.home)


def _through_jiyun(narrator: Narrator) -> None:
    """Delete what is in use, cancel what is not yet; the proper way, with the wipe that the protection level demands."""
    if narrator.try_quietly("clock", "show"):
        return
    for order in narrator.ask("--as", "operator", "order", "list"):
        if order["state"] in ("active", "deleting"):
            plan = narrator.ask("--as", "operator", "order", "show", order["id"])["plan"]
            narrator.run("--as", "operator", "vm", "delete", plan["machine"]["id"], "--yes")
        elif order["state"] in ("approved", "provisioning", "failed", "cancelling"):
            narrator.run("--as", "operator", "order", "cancel", order["id"], "--reason", "./dev clean", "--yes")


@dataclass(frozen=True, slots=True)
class _Names:
    """What one store can have called its things.  ``shorts`` are the names of its machines without their ``jy-``."""

    store: str
    shorts: frozenset[str]
    taps: dict[str, str]  # tap -> MAC
    networks: dict[str, str]  # name -> UUID
    images: frozenset[str]

    def machine_of(self, name: str) -> bool:
        """Whether ``name`` is that of a machine of ours or of one of its volumes or logs."""
        return name.startswith("jy-") and name[3:13] in self.shorts and name[13:14] in ("", "-", ".")


def _names(store: str, home: Path, estate: dict[str, Any]) -> _Names:
    orders = [f"ord-{number:06d}" for number in range(1, ORDERS + 1)]
    segments = [str(row["name"]) for row in estate["segments"]]
    return _Names(
        store,
        frozenset(ids.derive_short(store, "machine", order) for order in orders),
        {f"jyt{ids.derive_short(store, 'port', order)}": ids.derive_mac(store, "port", order) for order in orders},
        {f"jy-{ids.derive_short(store, 'segment', name)}": ids.derive_uuid(store, "segment", name) for name in segments},
        frozenset(f"jy-img-{file.name[:20]}" for file in (home / "images").glob("[0-9a-f]*")),
    )


def _sweep(store: str, home: Path) -> None:
    """Remove what is left on the host, from the domains down to the pool."""
    estate: dict[str, Any] = yaml.safe_load(ESTATE.read_text())
    names = _names(store, home, estate)
    for host in estate["hosts"]:
        with _connected(host) as connection:
            _domains(connection, names)
            _networks(connection, names)
            for pool in host["pools"]:
                _pool(connection, pool, names)
        _guard(host["name"], names)
    for log in QEMU_LOGS.glob("jy-*.log*"):
        if names.machine_of(log.name):
            log.unlink(missing_ok=True)


@contextmanager
def _connected(host: dict[str, Any]) -> "Iterator[libvirt.virConnect]":
    from provisioners.libvirt_host.connection import connect
    from provisioners.spec import HostSpec

    connection = connect(HostSpec(host["name"], host["uri"]))
    try:
        yield connection
    finally:
        connection.close()


def _domains(connection: "libvirt.virConnect", names: _Names) -> None:
    import libvirt

    from provisioners.libvirt_host.domain_xml import owner
    from provisioners.libvirt_host.xml import read

    for domain in connection.listAllDomains():
        if owner(read(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)))[1] != names.store:
            continue
        _removed(domain.name())
        if domain.isActive():
            domain.destroy()
        with suppress(libvirt.libvirtError):  # one that was never defined for good is gone with its guest
            domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)


def _networks(connection: "libvirt.virConnect", names: _Names) -> None:
    for network in connection.listAllNetworks():
        if names.networks.get(network.name()) == network.UUIDString():
            _removed(network.name())
            if network.isActive():
                network.destroy()
            network.undefine()


def _pool(connection: "libvirt.virConnect", spec: dict[str, Any], names: _Names) -> None:
    """Our volumes, the images of ours that nothing on this host uses, and the pool where it is empty then."""
    import libvirt

    try:
        pool = connection.storagePoolLookupByName(spec["name"])
    except libvirt.libvirtError as error:
        if error.get_error_code() != libvirt.VIR_ERR_NO_STORAGE_POOL:
            raise
        return
    if not pool.isActive():
        pool.create(0)
    pool.refresh(0)
    for volume in pool.listAllVolumes():
        if names.machine_of(volume.name()):
            _removed(volume.name())
            volume.delete(0)
    in_use = _referenced(connection, pool)
    for volume in pool.listAllVolumes():
        if volume.name().partition(".")[0] in names.images and volume.path() not in in_use:
            _removed(volume.name())
            volume.delete(0)
    if pool.listVolumes():
        print(t(f"Pool {spec['name']} holds files of others and stays.", f"存储池 {spec['name']} 中有他人的文件，予以保留。"))
        return
    _removed(spec["name"])
    pool.destroy()
    pool.undefine()
    with suppress(OSError):  # not empty: somebody keeps a file of another kind there
        Path(spec["path"]).rmdir()


def _referenced(connection: "libvirt.virConnect", pool: "libvirt.virStoragePool") -> set[str]:
    """Paths that a domain boots or a volume of the pool is built on."""
    from provisioners.libvirt_host.storage_xml import facts
    from provisioners.libvirt_host.xml import read

    paths = {facts(read(volume.XMLDesc()))[2] for volume in pool.listAllVolumes()}
    for domain in connection.listAllDomains():
        definition = read(domain.XMLDesc(0))
        paths |= {definition.findtext("os/kernel") or "", definition.findtext("os/initrd") or ""}
        paths |= {source.get("file") or "" for source in definition.iter("source")}
    return paths


def _guard(host: str, names: _Names) -> None:
    """Our ports out of the guard; the table itself where no port is left in it."""
    from provisioners.libvirt_host.guard import Guard
    from provisioners.libvirt_host.guard_rules import FAMILY, TABLE
    from provisioners.spec import PortSpec, SegmentSpec

    guard = Guard(host)
    nowhere = SegmentSpec("", "", "", "", "", "")
    for tap in sorted(guard.taps() & names.taps.keys()):
        guard.remove(PortSpec(nowhere, names.taps[tap], tap, "0.0.0.0"))  # noqa: S104 - found by its tap, no address of anything
    if not guard.taps():
        path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
        # "destroy" would be silent about a table that is not there, but nft 1.0.6 does not know it.
        for verb in ("add", "delete"):
            subprocess.run(["nft", verb, "table", FAMILY, TABLE], check=True, timeout=20, env={"PATH": path, "LC_ALL": "C.UTF-8"})


def _remove_home(home: Path) -> None:
    """All but ``daemons.json``: whoever started the daemons stops them after this."""
    import shutil

    if not home.is_dir():
        return
    for entry in home.iterdir():
        if entry.name == "daemons.json":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    with suppress(OSError):  # daemons.json is in it
        home.rmdir()


def _removed(name: str) -> None:
    print(t(f"removing {name}", f"移除 {name}"), flush=True)

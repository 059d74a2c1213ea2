"""Hosts: opening one, probing one, listing them with what is held on them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from inventory import declared
from jiyun.store import Row
from provisioners.protocol import HostFacts, Provisioner
from provisioners.spec import HostSpec, PoolSpec
from quotas import allocations
from tenants import authority
from workflows.session import Session

OpenHost = Callable[[HostSpec], Provisioner]


def open_host(spec: HostSpec) -> Provisioner:
    """A connection to a host; libvirt is imported here and nowhere earlier."""
    from provisioners.libvirt_host import open_host as open_libvirt

    return open_libvirt(spec)


def probe(session: Session, name: str, *, opening: OpenHost = open_host) -> HostFacts:
    """Ask a host what it is, prove what it can run, and make sure of its pools; kept in the inventory."""
    with session.read() as tx:
        authority.require(tx, "host.probe")
        row = declared.host(tx, name)
        pools = [PoolSpec(pool["name"], pool["path"]) for pool in declared.pools(tx) if pool["host"] == name]
    with opening(HostSpec(row["name"], row["uri"])) as host:
        facts = host.probe(row["virtualisation"])
        for pool in pools:
            host.ensure_pool(pool)
    record_facts(session, name, facts.virt_type, {k: v for k, v in asdict(facts).items() if k != "virt_type"})
    return facts


def rehearse_probe(session: Session, name: str) -> tuple[str, tuple[str, ...]]:
    """What :func:`probe` would go to: the host's address and its pools.  The host is not asked."""
    with session.read() as tx:
        authority.require(tx, "host.probe")
        uri = str(declared.host(tx, name)["uri"])
        return uri, tuple(pool["name"] for pool in declared.pools(tx) if pool["host"] == name)


def record_facts(session: Session, name: str, virt_type: str, facts: Mapping[str, Any]) -> None:
    """Keep what a probe proved."""
    with session.write() as tx:
        authority.require(tx, "host.probe")
        declared.record_probe(tx, name, virt_type, facts)


@dataclass(frozen=True, slots=True)
class HostView:
    """A host with its use: ``used`` and ``limit`` by resource class, pools with MiB used."""

    row: Row
    facts: dict[str, Any]
    used: dict[str, int]
    limit: dict[str, int]
    pools: list[Row]


def views(session: Session) -> list[HostView]:
    """Every host with what is held on it."""
    with session.read() as tx:
        authority.require(tx, "host.read")
        use, disk, pools = allocations.host_use(tx), allocations.pool_use(tx), declared.pools(tx)
        rows = declared.hosts(tx)
    found = []
    for row in rows:
        own = [{**pool, "used_mib": disk.get((row["name"], pool["name"]), 0)} for pool in pools if pool["host"] == row["name"]]
        limit = {"vcpu": row["vcpus"] * row["vcpu_ratio"] // 100, "memory": row["memory_mib"]}
        used = {name: use.get(row["name"], {}).get(name, 0) for name in limit}
        found.append(HostView(row, json.loads(row["facts"]), used, limit, own))
    return found


def view(session: Session, name: str) -> HostView:
    """One host."""
    with session.read() as tx:
        authority.require(tx, "host.read")
        declared.host(tx, name)
    return next(found for found in views(session) if found.row["name"] == name)

"""What the estate file declares.  Each ``put_…`` compares first: the same again writes nothing."""

from collections.abc import Mapping
from typing import Any, Literal

from inventory import problems
from inventory.statements import SQL
from jiyun import audit, canonical
from jiyun.language import t
from jiyun.store import Row, Statement, Tx

Put = Literal["created", "updated", "same"]


def _put(tx: Tx, what: str, read: Statement, write: Statement, row: Mapping[str, Any], *keys: str, department: str = "") -> Put:
    """Write ``row`` unless the table holds it already; ``keys`` name its key columns."""
    key = {name: row[name] for name in keys or ("name",)}
    before = tx.first(read, **key)
    if before == dict(row):
        return "same"
    tx.run(write, **row)
    subject = "/".join(key.values())
    if before is None:
        audit.append(tx, f"{what}.create", subject, department, **row)
        return "created"
    changed = [name for name in row if before[name] != row[name]]
    detail = {"before": {name: before[name] for name in changed}, "after": {name: row[name] for name in changed}}
    audit.append(tx, f"{what}.change", subject, department, **detail)
    return "updated"


def put_site(tx: Tx, *, name: str, title_zh: str, title_en: str, synthetic: bool) -> Put:
    row = {"name": name, "title_zh": title_zh, "title_en": title_en, "synthetic": int(synthetic)}
    return _put(tx, "site", SQL.site, SQL.put_site, row)


def put_cloud(tx: Tx, *, name: str, title_zh: str, title_en: str) -> Put:
    return _put(tx, "cloud", SQL.cloud, SQL.put_cloud, {"name": name, "title_zh": title_zh, "title_en": title_en})


def put_host(tx: Tx, *, clouds: tuple[str, ...], synthetic: bool, **fields: Any) -> Put:
    """``fields``: name, site, uri, virtualisation, vcpus, vcpu_ratio (percent), memory_mib, protection_level."""
    row = {**fields, "clouds": canonical.encode(sorted(clouds)), "synthetic": int(synthetic)}
    return _put(tx, "host", SQL.host_declared, SQL.put_host, row)


def put_pool(tx: Tx, *, host: str, name: str, path: str, tier: str, capacity_mib: int) -> Put:
    row = {"host": host, "name": name, "path": path, "tier": tier, "capacity_mib": capacity_mib}
    return _put(tx, "pool", SQL.pool, SQL.put_pool, row, "host", "name")


def put_segment(tx: Tx, *, synthetic: bool, **fields: Any) -> Put:
    """``fields``: name, department, cloud, site, ipv4_cidr, ipv6_cidr, egress."""
    row = {**fields, "synthetic": int(synthetic)}
    return _put(tx, "segment", SQL.segment, SQL.put_segment, row, department=fields["department"])


def put_system(tx: Tx, *, unnamed_in_source: bool, synthetic: bool, **fields: Any) -> Put:
    """``fields``: name, department, title_zh, title_en, cloud, protection_level, sharing,
    directory_entry, source."""
    row = {**fields, "unnamed_in_source": int(unnamed_in_source), "synthetic": int(synthetic)}
    return _put(tx, "system", SQL.system, SQL.put_system, row, department=fields["department"])


def put_hosting(tx: Tx, *, synthetic: bool, **fields: Any) -> Put:
    """``fields``: name, department, title_zh, title_en, site, servers, rack_units, power_watts, source (M06)."""
    row = {**fields, "synthetic": int(synthetic)}
    return _put(tx, "hosting", SQL.hosting, SQL.put_hosting, row, department=fields["department"])


def put_flavor(tx: Tx, *, name: str, vcpus: int, memory_mib: int, root_mib: int, synthetic: bool) -> Put:
    row = {"name": name, "vcpus": vcpus, "memory_mib": memory_mib, "root_mib": root_mib, "synthetic": int(synthetic)}
    return _put(tx, "flavor", SQL.flavor, SQL.put_flavor, row)


def put_image(tx: Tx, *, name: str, kind: str, origin: str, sha256: str) -> Put:
    """``origin`` is ``build`` or the path of a file; ``sha256`` is that of the file, empty for a built image."""
    row = {"name": name, "kind": kind, "origin": origin, "sha256": sha256}
    return _put(tx, "image", SQL.image, SQL.put_image, row)


def _known(tx: Tx, statement: Statement, what: str, look: str, name: str, every: Statement | None = None) -> Row:
    row = tx.first(statement, name=name)
    if row is None:
        raise problems.unknown(what, name, look, (found["name"] for found in tx.all(every)) if every else ())
    return row


def host(tx: Tx, name: str) -> Row:
    return _known(tx, SQL.host, t("host", "主机"), "jiyun host list", name, SQL.hosts)


def hosts(tx: Tx) -> list[Row]:
    return tx.all(SQL.hosts)


def pools(tx: Tx) -> list[Row]:
    return tx.all(SQL.pools)


def segment(tx: Tx, name: str) -> Row:
    return _known(tx, SQL.segment, t("segment", "网段"), "jiyun segment list", name)


def system(tx: Tx, name: str) -> Row:
    return _known(tx, SQL.system, t("system", "应用系统"), "jiyun system list", name)


def systems(tx: Tx) -> list[Row]:
    return tx.all(SQL.systems)


def flavor(tx: Tx, name: str) -> Row:
    return _known(tx, SQL.flavor, t("flavor", "规格"), "jiyun flavor list", name, SQL.flavors)


def flavors(tx: Tx) -> list[Row]:
    return tx.all(SQL.flavors)


def record_probe(tx: Tx, name: str, virt_type: str, facts: Mapping[str, Any]) -> None:
    """Keep what a probe proved of a host."""
    tx.run(SQL.set_host_probe, name=name, virt_type=virt_type, facts=canonical.encode(dict(facts)), probed_at=tx.now)
    audit.append(tx, "host.probe", name, virt_type=virt_type, **facts)

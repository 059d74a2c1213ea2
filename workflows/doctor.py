"""Does everything agree?  The store with itself, and the store with the hosts.

Each finding says what is amiss and what to do.  Nothing is changed here.
"""

from collections import defaultdict
from dataclasses import dataclass

from inventory import declared, machines
from jiyun import audit
from jiyun.errors import JiyunError
from jiyun.language import Text
from jiyun.store import Row, Tx
from ledger.events import verify_events
from operations import engine
from provisioners.protocol import Found
from provisioners.spec import HostSpec, MachineSpec, PoolSpec
from quotas.proof import differences
from tenants import authority
from workflows import books
from workflows.hosts import OpenHost, open_host
from workflows.planning import decode_machine
from workflows.session import Session


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` is stable; ``where`` names the host, order or machine."""

    code: str
    where: str
    what: str
    advice: str


KINDS: dict[str, tuple[Text, Text]] = {
    "audit.broken": (
        Text("the audit chain does not hold: {what}", "审计链不完整：{what}"),
        Text("keep this store and call the auditor", "保留此数据库并联系审计员"),
    ),
    "usage.broken": (
        Text("the usage chain does not hold: {what}", "用量链不完整：{what}"),
        Text("keep this store and call the auditor", "保留此数据库并联系审计员"),
    ),
    "quota.differs": (
        Text("counted again, use differs: {what}", "重新计数后用量不符：{what}"),
        Text("keep this store and report it", "保留此数据库并反馈"),
    ),
    "operation.open": (
        Text("work stopped at step {what}", "工作停在步骤 {what}"),
        Text(
            "`jiyun order fulfil`, `order cancel` or `vm delete` goes on",
            "用 `jiyun order fulfil`、`order cancel` 或 `vm delete` 继续",
        ),
    ),
    "host.away": (
        Text("the host does not answer: {what}", "主机无响应：{what}"),
        Text("start its libvirtd, then run doctor again", "启动其 libvirtd 后重新检查"),
    ),
    "domain.missing": (
        Text("the machine {what} is in use but not on its host", "虚机 {what} 在用但主机上不存在"),
        Text("`jiyun vm start` cannot help; restore it or delete it", "无法启动；请恢复或删除"),
    ),
    "domain.power": (Text("{what}", "{what}"), Text("`jiyun vm start` or `vm stop`", "`jiyun vm start` 或 `vm stop`")),
    "domain.orphan": (
        Text("domain {what} of this store belongs to no live machine", "属于本库的虚机 {what} 没有对应记录"),
        Text("look at it, then `virsh undefine` it", "核实后用 `virsh undefine` 移除"),
    ),
    "volume.missing": (
        Text("volume {what} is not in its pool", "存储卷 {what} 不在其存储池中"),
        Text("restore it from a backup", "从备份恢复"),
    ),
    "volume.orphan": (
        Text("volume {what} belongs to no live machine", "存储卷 {what} 没有对应的虚机"),
        Text("look at it, then remove it", "核实后移除"),
    ),
    "network.missing": (
        Text("segment {what} has machines but no network", "网段 {what} 有虚机但没有网络"),
        Text("`jiyun vm start` makes it again", "`jiyun vm start` 会重建"),
    ),
    "network.orphan": (Text("network {what} has no machine", "网络 {what} 没有虚机"), Text("remove it", "移除")),
    "reservation.missing": (
        Text("the address of {what} is not reserved", "{what} 的地址未保留"),
        Text("`jiyun vm start` makes it again", "`jiyun vm start` 会重建"),
    ),
    "reservation.orphan": (
        Text("address reservation {what} has no machine", "地址保留 {what} 没有虚机"),
        Text("remove it", "移除"),
    ),
    "guard.missing": (
        Text("the port of running machine {what} is not guarded", "运行中虚机 {what} 的端口没有防护"),
        Text("`jiyun vm start` guards it", "`jiyun vm start` 会重建防护"),
    ),
    "guard.orphan": (Text("a guard for port {what} has no machine", "端口 {what} 的防护没有虚机"), Text("remove it", "移除")),
    **books.KINDS,
}


def _finding(code: str, where: str, what: str) -> Finding:
    text, advice = KINDS[code]
    return Finding(code, where, text.fill(what=what), str(advice))


def examine(session: Session, *, opening: OpenHost = open_host) -> list[Finding]:
    """Every finding; an empty list means that nothing is amiss."""
    with session.read() as tx:
        authority.require(tx, "doctor.run")
        findings = [*_store(tx)]
        hosts, specs, ended = declared.hosts(tx), machines.live_specs(tx), machines.ended_specs(tx)
        working = {row["order_id"] for row in engine.all_live(tx)}
        pools = declared.pools(tx)
    by_host: dict[str, list[tuple[Row, MachineSpec]]] = defaultdict(list)
    for row in specs:
        by_host[row["host"]].append((row, decode_machine(row["spec"])))
    gone: dict[str, list[MachineSpec]] = defaultdict(list)
    for row in ended:
        gone[row["host"]].append(decode_machine(row["spec"]))
    for host in hosts:
        own = tuple(PoolSpec(pool["name"], pool["path"]) for pool in pools if pool["host"] == host["name"])
        if not host["probed_at"]:
            continue  # never in service: nothing of ours can be on it
        try:
            with opening(HostSpec(host["name"], host["uri"])) as connection:
                found = connection.found(own)
        except JiyunError as error:
            findings.append(_finding("host.away", host["name"], error.message()))
            continue
        findings += _Comparison(
            session.store.facts.id, host["name"], found, by_host[host["name"]], gone[host["name"]], working
        ).findings()
    return findings


def _store(tx: Tx) -> list[Finding]:
    findings = [_finding("audit.broken", str(bad.seq), bad.what) for bad in audit.verify(tx).findings]
    findings += [_finding("usage.broken", str(bad.seq), bad.what) for bad in verify_events(tx).findings]
    findings += [
        _finding("quota.differs", f"{bad.place} {bad.within}", f"{bad.resource_class} {bad.kept} <> {bad.counted}")
        for bad in differences(tx)
    ]
    findings += [_finding(*amiss) for amiss in books.disagreements(tx)]
    for row in engine.all_live(tx):
        if not row["owner"] or engine.is_abandoned(tx, row):
            findings.append(_finding("operation.open", row["order_id"], f"{row['kind']} {row['step'] + 1}"))
    return findings


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One host: what it holds of ours against what the store says.  Orders at work are judged when they are done."""

    store: str
    host: str
    found: Found
    known: list[tuple[Row, MachineSpec]]
    gone: list[MachineSpec]
    working: set[str]

    def findings(self) -> list[Finding]:
        settled = [(row, spec) for row, spec in self.known if spec.order not in self.working and row["state"] == "active"]
        return [*self._missing(settled), *self._orphans()]

    def _missing(self, settled: list[tuple[Row, MachineSpec]]) -> list[Finding]:
        findings = []
        for row, spec in settled:
            power = self.found.domains.get(spec.name, "absent")
            if power == "absent":
                findings.append(self._at("domain.missing", spec.id))
            elif power != row["power"]:
                findings.append(self._at("domain.power", f"{spec.id}: {row['power']} -> {power}"))
            for volume in spec.volumes:
                if volume.name not in self.found.volumes.get(volume.pool.name, set()):
                    findings.append(self._at("volume.missing", volume.name))
            network = spec.port.segment.network
            if network not in self.found.networks:
                findings.append(self._at("network.missing", spec.port.segment.id))
            elif spec.port.mac not in self.found.reservations.get(network, set()):
                findings.append(self._at("reservation.missing", spec.id))
            if power == "running" and spec.port.tap not in self.found.guarded_taps:
                findings.append(self._at("guard.missing", spec.id))
        return findings

    def _orphans(self) -> list[Finding]:
        """What is left of machines that have ended.  Only names that this store gave out are judged, so that another
        store on the same host is not accused."""
        live = [spec for _, spec in self.known]
        domains = {spec.name for spec in live}
        networks, macs = {spec.port.segment.network for spec in live}, {spec.port.mac for spec in live}
        findings = [
            self._at("domain.orphan", name)
            for name, owner in sorted(self.found.owners.items())
            if owner == self.store and name not in domains
        ]
        left = {name for names in self.found.volumes.values() for name in names}
        for spec in self.gone:
            names = [volume.name for volume in spec.volumes] + [spec.seed_volume]
            findings += [self._at("volume.orphan", name) for name in names if name in left]
            network = spec.port.segment.network
            if spec.port.mac in self.found.reservations.get(network, set()) - macs:
                findings.append(self._at("reservation.orphan", f"{network} {spec.port.mac}"))
            if spec.port.tap in self.found.guarded_taps:
                findings.append(self._at("guard.orphan", spec.port.tap))
        orphans = {spec.port.segment.network for spec in self.gone} & self.found.networks - networks
        return [*findings, *(self._at("network.orphan", name) for name in sorted(orphans))]

    def _at(self, code: str, what: str) -> Finding:
        return _finding(code, self.host, what)

"""From an application to its plan: every name, id, address and key of what will run, fixed before anything is made.

Pure but for reading the store: the same application in the same store always gets the same names.
"""

import ipaddress
from dataclasses import dataclass

from inventory import addresses, declared, images, machines
from inventory import problems as inventory_problems
from inventory.placement import Ask, HostView, Placement, PoolView, place
from jiyun import canonical, ids
from jiyun.language import t
from jiyun.store import Row, Tx
from orders import problems
from orders.spec import OrderSpec
from provisioners.codec import from_plain
from provisioners.spec import HostSpec, ImageSpec, MachineSpec, PoolSpec, PortSpec, SegmentSpec, VolumeSpec
from quotas import allocations

LOGIN = "jiyun"


@dataclass(frozen=True, slots=True)
class Keys:
    """Public keys that a plan carries: Jiyun's own login key, and the function that makes a machine's host key."""

    login: str
    host_key_of: "HostKeyOf"


class HostKeyOf:
    """Derives the public SSH host key of a machine id from the home's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __call__(self, machine: str) -> str:
        from provisioners.hostkeys import host_key

        return host_key(self._secret, machine).public


def hosts_in_view(tx: Tx) -> list[HostView]:
    """Every declared host with what is held on it, as placement sees it."""
    use, disk = allocations.host_use(tx), allocations.pool_use(tx)
    pools: dict[str, list[PoolView]] = {}
    for row in declared.pools(tx):
        used = disk.get((row["host"], row["name"]), 0)
        pools.setdefault(row["host"], []).append(PoolView(row["name"], row["tier"], row["capacity_mib"], used))
    return [_view(row, use.get(row["name"], {}), tuple(pools.get(row["name"], ()))) for row in declared.hosts(tx)]


def _view(row: Row, used: dict[str, int], pools: tuple[PoolView, ...]) -> HostView:
    import json

    return HostView(
        name=row["name"],
        clouds=frozenset(json.loads(row["clouds"])),
        level=row["protection_level"],
        vcpus=row["vcpus"],
        vcpu_ratio=row["vcpu_ratio"],
        memory_mib=row["memory_mib"],
        used_vcpus=used.get("vcpu", 0),
        used_memory_mib=used.get("memory", 0),
        pools=pools,
        enabled=True,
    )


def check(tx: Tx, spec: OrderSpec) -> tuple[Row, Row, Row]:
    """That the application names its department's own things, in one cloud: its system, segment and flavor rows."""
    system, segment = declared.system(tx, spec.system), declared.segment(tx, spec.segment)
    for what, row in ((t("system", "应用系统"), system), (t("segment", "网段"), segment)):
        if row["department"] != spec.department:
            raise problems.FOREIGN(what=what, name=row["name"], owner=row["department"], department=spec.department)
        if row["cloud"] != spec.cloud:
            raise problems.OTHER_CLOUD(what=what, name=row["name"], other=row["cloud"], cloud=spec.cloud)
    images.image(tx, spec.image)
    tiers = sorted({pool["tier"] for pool in declared.pools(tx)})
    if spec.tier not in tiers:
        there = ", ".join(tiers)
        wanted = t(f"the storage tiers here are {there}", f"现有存储层级为 {there}")
        raise problems.BAD_FIELD(field="tier", value=spec.tier, wanted=wanted)
    return system, segment, declared.flavor(tx, spec.flavor)


def choose_host(tx: Tx, spec: OrderSpec, system: Row, segment: Row, flavor: Row, root_mib: int) -> Placement:
    """Where the machine goes: a host at the segment's site.  A segment lives on one host, so its machines follow the first.

    A host that was never probed is only looked at where there is no other: its use is then refused by name.
    """
    home = machines.segment_host(tx, spec.segment)
    rows = {row["name"]: row for row in declared.hosts(tx)}
    hosts = [view for view in hosts_in_view(tx) if rows[view.name]["site"] == segment["site"] and home in ("", view.name)]
    hosts = [view for view in hosts if rows[view.name]["virt_type"]] or hosts
    disks = {spec.tier: root_mib + sum(spec.disks_mib)}
    ask = Ask(flavor["vcpus"], flavor["memory_mib"], disks, spec.cloud, system["protection_level"])
    return place(ask, hosts)


def plan(tx: Tx, order: str, spec: OrderSpec, keys: Keys) -> tuple[MachineSpec, dict[str, str]]:
    """The machine of an application, complete, and the tier of each of its pools by pool name."""
    import json

    system, segment_row, flavor = check(tx, spec)
    image = from_plain(ImageSpec, json.loads(images.content(tx, spec.image)["spec"]))
    root_mib = max(flavor["root_mib"], image.virtual_mib)
    placed = choose_host(tx, spec, system, segment_row, flavor, root_mib)
    host = declared.host(tx, placed.host)
    if not host["virt_type"]:
        raise inventory_problems.NOT_PROBED(host=placed.host)
    store, short = tx.store.id, ids.derive_short(tx.store.id, "machine", order)
    machine = f"vm-{short}"
    pool = _pool(tx, placed.host, placed.pools[spec.tier])
    return MachineSpec(
        id=machine,
        uuid=ids.derive_uuid(store, "machine", order),
        name=f"jy-{short}",
        hostname=spec.hostname,
        host=HostSpec(host["name"], host["uri"]),
        virt_type=host["virt_type"],
        vcpus=flavor["vcpus"],
        memory_mib=flavor["memory_mib"],
        image=image,
        volumes=_volumes(store, order, short, pool, (root_mib, *spec.disks_mib)),
        port=_port(tx, order, segment_row),
        host_key=keys.host_key_of(machine),
        login=LOGIN,
        authorized_keys=(keys.login, *spec.ssh_keys),
        store=store,
        order=order,
    ), {pool.name: spec.tier}


def _pool(tx: Tx, host: str, name: str) -> PoolSpec:
    row = next(row for row in declared.pools(tx) if row["host"] == host and row["name"] == name)
    return PoolSpec(row["name"], row["path"])


def _volumes(store: str, order: str, short: str, pool: PoolSpec, sizes: tuple[int, ...]) -> tuple[VolumeSpec, ...]:
    return tuple(
        VolumeSpec(
            id=f"vol-{ids.derive_short(store, 'volume', order, str(number))}",
            name=f"jy-{short}-{'root' if number == 0 else f'data{number}'}.qcow2",
            pool=pool,
            role="root" if number == 0 else "data",
            size_mib=size,
            serial=f"jy{ids.derive_short(store, 'serial', order, str(number), length=14)}",
        )
        for number, size in enumerate(sizes)
    )


def segment_spec(store: str, row: Row) -> SegmentSpec:
    """A segment as it stands on its host."""
    short = ids.derive_short(store, "segment", row["name"])
    four = ipaddress.IPv4Network(row["ipv4_cidr"])
    six = ipaddress.IPv6Network(row["ipv6_cidr"]) if row["ipv6_cidr"] else None
    return SegmentSpec(
        id=row["name"],
        uuid=ids.derive_uuid(store, "segment", row["name"]),
        network=f"jy-{short}",
        bridge=f"jyb{short}",
        ipv4_cidr=str(four),
        ipv4_gateway=str(four[1]),
        ipv6_cidr=str(six) if six else "",
        ipv6_gateway=str(six[1]) if six else "",
    )


def _port(tx: Tx, order: str, row: Row) -> PortSpec:
    store = tx.store.id
    mac = ids.derive_mac(store, "port", order)
    taken = machines.taken_addresses(tx, row["name"])
    free = addresses.next_free(row["name"], row["ipv4_cidr"], row["ipv6_cidr"], taken)
    return PortSpec(
        segment=segment_spec(store, row),
        mac=mac,
        tap=f"jyt{ids.derive_short(store, 'port', order)}",
        ipv4=free.ipv4,
        ipv6=free.ipv6,
        ipv6_link_local=addresses.link_local(mac),
    )


def plan_hash(text: str) -> str:
    """The hash that an approval is bound to: SHA-256 of the plan's canonical text."""
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def encode_plan(machine: MachineSpec, spec: OrderSpec) -> str:
    """The plan as the canonical text that is stored, hashed and run."""
    from provisioners.codec import to_plain

    return canonical.encode({"format": 1, "machine": to_plain(machine), "order": spec.plain()})


def encode_machine(machine: MachineSpec) -> str:
    """A machine's spec as the inventory keeps it."""
    from provisioners.codec import to_plain

    return canonical.encode(to_plain(machine))


def decode_machine(text: str) -> MachineSpec:
    """The spec that :func:`encode_machine` made ``text`` from."""
    import json

    return from_plain(MachineSpec, json.loads(text))

"""Where a new machine goes: a pure function of what it asks for and of the hosts as they stand.

The rule, among the hosts where everything fits:

1. Least stranded.  What is left of a host is taken as a share of it, for vCPU, memory and each pool used; what the
   freest of these has more than the tightest is stranded, since the tightest runs out first.  Counted in steps of 5 %.
2. Among equals best fit on the dominant share: where the least is left of that of which the machine takes the largest
   share; so full hosts fill up and empty ones stay whole for large machines.
3. Among equals still, the first by name.  A pool is chosen by best fit, then name.

All in whole numbers, so the same question has the same answer on every machine.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from jiyun.errors import Exit, JiyunError, kind
from jiyun.language import t

NO_HOST = kind(
    "placement.no-host",
    Exit.POLICY,
    en="No host can take this: {in_cloud} of {hosts} hosts are enabled and serve the {cloud} cloud, and none of them may hold "
    "protection level {level} (rule M-D2: a host is rated at least as high as the system, level 4 has hosts of its own).",
    zh="没有可用的宿主机：{hosts} 台中有 {in_cloud} 台已启用并服务于 {cloud} 云，但均不可承载等保 {level} 级系统"
    "（规则 M-D2：宿主机等级不得低于系统等级，四级系统须用专属宿主机）。",
)
NO_CAPACITY = kind(
    "capacity.none",
    Exit.QUOTA,
    en="No host has room for this; the nearest is {host}: {shortage}. Ask for less, or add capacity.",
    zh="没有宿主机能容纳此申请；最接近的是 {host}：{shortage}。请减少申请量或扩充容量。",
)
_WHOLE = 1_000_000  # shares are parts per million
_STEP = _WHOLE // 20
LEVEL_OF_ITS_OWN = 4


@dataclass(frozen=True, slots=True)
class Ask:
    """What a machine needs; ``disks`` is MiB by storage tier, and all of a tier goes to one pool."""

    vcpus: int
    memory_mib: int
    disks: Mapping[str, int]
    cloud: str
    protection_level: int


@dataclass(frozen=True, slots=True)
class PoolView:
    """A storage pool as it stands; ``used_mib`` counts what is held, too."""

    name: str
    tier: str
    capacity_mib: int
    used_mib: int


@dataclass(frozen=True, slots=True)
class HostView:
    """A host as it stands.  ``vcpu_ratio`` is percent: 400 gives out four vCPUs for each processor in ``vcpus``."""

    name: str
    clouds: Set[str]
    level: int
    vcpus: int
    vcpu_ratio: int
    memory_mib: int
    used_vcpus: int
    used_memory_mib: int
    pools: tuple[PoolView, ...]
    enabled: bool = True

    @property
    def vcpu_limit(self) -> int:
        """vCPUs that it may give out."""
        return self.vcpus * self.vcpu_ratio // 100

    def may_hold(self, level: int) -> bool:
        """M-D2: never above its own level; level 4 only on hosts that hold nothing else."""
        return self.level == level if LEVEL_OF_ITS_OWN in (self.level, level) else self.level >= level


@dataclass(frozen=True, slots=True)
class Placement:
    """The answer: the host, and the name of its pool by tier."""

    host: str
    pools: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Part:
    """One dimension of a host beside what is asked of it; for a disk ``pool`` is where."""

    dimension: str  # vcpu, memory or disk.TIER
    limit: int
    used: int
    ask: int
    pool: str = ""

    @property
    def fits(self) -> bool:
        return self.ask <= self.limit - self.used

    @property
    def left(self) -> int:
        """The share that stays free, parts per million."""
        return (self.limit - self.used - self.ask) * _WHOLE // self.limit if self.limit else -_WHOLE

    @property
    def taken(self) -> int:
        """The share that the machine takes."""
        return self.ask * _WHOLE // self.limit if self.limit else _WHOLE


def place(ask: Ask, hosts: Sequence[HostView]) -> Placement:
    """The host and pools for a machine; ``placement.no-host`` or ``capacity.none`` where there are none."""
    serving = [host for host in hosts if host.enabled and ask.cloud in host.clouds]
    candidates = [(host, _parts(ask, host)) for host in serving if host.may_hold(ask.protection_level)]
    if not candidates:
        raise NO_HOST(hosts=len(hosts), in_cloud=len(serving), cloud=ask.cloud, level=ask.protection_level)
    fitting = [(host, parts) for host, parts in candidates if all(part.fits for part in parts)]
    if not fitting:
        raise _shortage(candidates)
    host, parts = min(fitting, key=_preference)
    return Placement(host.name, {part.dimension.removeprefix("disk."): part.pool for part in parts if part.pool})


def _parts(ask: Ask, host: HostView) -> list[_Part]:
    return [
        _Part("vcpu", host.vcpu_limit, host.used_vcpus, ask.vcpus),
        _Part("memory", host.memory_mib, host.used_memory_mib, ask.memory_mib),
        *(_disk(tier, size, host.pools) for tier, size in sorted(ask.disks.items())),
    ]


def _disk(tier: str, size: int, pools: Iterable[PoolView]) -> _Part:
    """The pool of that tier where the least stays free; where none has room, the one that lacks least."""
    parts = [_Part(f"disk.{tier}", pool.capacity_mib, pool.used_mib, size, pool.name) for pool in pools if pool.tier == tier]
    if not parts:
        return _Part(f"disk.{tier}", 0, 0, size)
    return min(parts, key=lambda part: (not part.fits, abs(part.limit - part.used - size), part.pool))


def _preference(candidate: tuple[HostView, list[_Part]]) -> tuple[int, int, str]:
    host, parts = candidate
    left = [part.left for part in parts]
    dominant = max(parts, key=lambda part: part.taken)
    return (max(left) - min(left)) // _STEP, dominant.left, host.name


def _shortage(candidates: Sequence[tuple[HostView, list[_Part]]]) -> JiyunError:
    """Name the nearest host and each dimension that it lacks: fewest dimensions, then the smallest shares missing."""

    def distance(candidate: tuple[HostView, list[_Part]]) -> tuple[int, int, str]:
        lacking = [part for part in candidate[1] if not part.fits]
        return len(lacking), -sum(part.left for part in lacking), candidate[0].name

    host, parts = min(candidates, key=distance)
    lacking = [part for part in parts if not part.fits]
    return NO_CAPACITY(
        host=host.name,
        shortage="; ".join(_sentence(part) for part in lacking),
        failed=[{"dimension": part.dimension, "limit": part.limit, "use": part.used, "ask": part.ask} for part in lacking],
    )


def _sentence(part: _Part) -> str:
    unit = "" if part.dimension == "vcpu" else " MiB"
    return t(
        f"{part.dimension} limit {part.limit}{unit}, in use {part.used}{unit}, asked {part.ask}{unit}",
        f"{part.dimension} 上限 {part.limit}{unit}，已用 {part.used}{unit}，申请 {part.ask}{unit}",
    )

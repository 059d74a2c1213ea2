"""Sites, clouds, hosts with their storage pools, and network segments.  Sizes are MiB."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from jiyun.language import Text
from workflows.estate.fields import Choice, Line, Pattern, Size, Whole
from workflows.estate.networks import Local6, Private4
from workflows.estate.records import ListOf, RecordOf, about, synthetic
from workflows.estate.references import SLUG, Reference

_GIB = 1024
_TIB = 1024 * _GIB
_URI = Pattern(
    Text(
        "a libvirt address of QEMU on this machine: qemu:///system or qemu+unix:///system?socket=/PATH",
        "本机 QEMU 的 libvirt 地址：qemu:///system 或 qemu+unix:///system?socket=/路径",
    ),
    r"qemu:///system|qemu\+unix:///system\?socket=/[A-Za-z0-9._/-]+",
    200,
)
_DIRECTORY = Pattern(
    Text("an absolute directory path of plain letters, digits, dots, hyphens", "由普通字母、数字、点、连字符组成的绝对目录路径"),
    r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._-]+)+",
    200,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A building that hosts stand in."""

    name: str = field(metadata=about(SLUG, "Name, used everywhere else", "名称，供其他条目引用"))
    title_zh: str = field(metadata=about(Line(), "Title in Chinese", "中文名"))
    title_en: str = field(default="", metadata=about(Line(), "Title in English", "英文名"))
    synthetic: bool = field(default=False, metadata=synthetic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One of the two clouds of the e-government extranet (M08)."""

    name: str = field(
        metadata=about(
            Choice(("administrative", "public")),
            "administrative: for departments' own work; public: for services to the public",
            "administrative：行政服务云；public：公共服务云",
        )
    )
    title_zh: str = field(metadata=about(Line(), "Title in Chinese", "中文名"))
    title_en: str = field(default="", metadata=about(Line(), "Title in English", "英文名"))
    synthetic: bool = field(default=False, metadata=synthetic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A directory storage pool of a host; ``capacity`` is what may be allocated, MiB."""

    name: str = field(metadata=about(SLUG, "Name, unique within the host", "名称，在主机内唯一"))
    path: str = field(metadata=about(_DIRECTORY, "Directory on the host", "主机上的目录"))
    tier: str = field(
        default="standard", metadata=about(SLUG, "Storage tier: the T of disk.T", "存储层级：即 disk.层级 中的层级")
    )
    capacity: int = field(metadata=about(Size(1, 1024 * _TIB), "What may be allocated", "可分配容量"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A hypervisor.  ``vcpus`` and ``memory`` (MiB) are what it offers; ``vcpus * vcpu_ratio`` may be allocated."""

    name: str = field(metadata=about(SLUG, "Name", "名称"))
    site: str = field(metadata=about(Reference("sites"), "Where it stands", "所在站点"))
    uri: str = field(metadata=about(_URI, "How libvirt reaches it", "libvirt 连接地址"))
    clouds: tuple[str, ...] = field(
        metadata=about(ListOf(Reference("clouds"), least=1), "The clouds whose machines it may run", "可承载哪些云的虚拟机")
    )
    virtualisation: str = field(
        default="auto",
        metadata=about(
            Choice(("auto", "kvm", "qemu")),
            "auto: KVM once a real guest has run under it, else plain emulation",
            "auto：实际运行过虚拟机后才用 KVM，否则用软件模拟",
        ),
    )
    vcpus: int = field(metadata=about(Whole(1, 1024), "Processors offered", "提供的处理器数"))
    vcpu_ratio: int = field(
        default=1, metadata=about(Whole(1, 64), "vCPUs allocated per processor", "每个处理器可分配的 vCPU 数")
    )
    memory: int = field(metadata=about(Size(64, 64 * _TIB), "Memory offered", "提供的内存"))
    protection_level: int = field(
        default=2, metadata=about(Whole(1, 4), "Highest protection level (MLPS) that it may carry", "可承载的最高等级保护级别")
    )
    pools: tuple[Pool, ...] = field(metadata=about(ListOf(RecordOf(Pool), key=("name",), least=1), "Its storage pools", "存储池"))
    synthetic: bool = field(default=False, metadata=synthetic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A network segment: it belongs to one department and one cloud and overlaps with no other."""

    name: str = field(metadata=about(SLUG, "Name", "名称"))
    department: str = field(metadata=about(Reference("departments"), "The department that uses it", "使用部门"))
    cloud: str = field(metadata=about(Reference("clouds"), "The cloud that it belongs to", "所属云"))
    site: str = field(metadata=about(Reference("sites"), "The site that it is laid at", "所在站点"))
    ipv4: IPv4Network = field(
        metadata=about(Private4(), "Address range; its first host address is the gateway", "地址段；首个主机地址为网关")
    )
    ipv6: IPv6Network | None = field(
        default=None, metadata=about(Local6(), "IPv6 range (M15); none: IPv4 only", "IPv6 地址段（M15）；缺省仅 IPv4")
    )
    egress: str = field(
        default="unified",
        metadata=about(
            Choice(("unified",)),
            "Way out: the city's one exit, never a department's own (M16)",
            "出口：全市统一出口，不得自建（M16）",
        ),
    )
    synthetic: bool = field(default=False, metadata=synthetic())

    @property
    def gateway4(self) -> IPv4Address:
        """The first host address."""
        return self.ipv4[1]

    @property
    def gateway6(self) -> IPv6Address | None:
        """The first host address, where the segment has IPv6."""
        return self.ipv6[1] if self.ipv6 else None

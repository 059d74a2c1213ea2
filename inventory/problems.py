"""What can be wrong with a request about the inventory."""

from collections.abc import Iterable

from jiyun.errors import Exit, JiyunError, kind
from jiyun.language import t

UNKNOWN = kind(
    "inventory.unknown",
    Exit.NOT_FOUND,
    en="There is no {what} {name!r}.{hint} `{look}` lists what there is.",
    zh="没有{what} {name!r}。{hint}可用 `{look}` 查看现有内容。",
)
AMBIGUOUS = kind(
    "vm.ambiguous",
    Exit.USAGE,
    en="More than one machine is called {name}: {ids}. Give the id.",
    zh="有多台虚机名为 {name}：{ids}。请给出编号。",
)
NOT_READY = kind(
    "image.not-ready",
    Exit.NOT_FOUND,
    en="Image {name} is declared but its content is not here. "
    "Run `jiyun image build {name}` or `jiyun image import FILE --name {name}`.",
    zh="镜像 {name} 已声明但尚无内容。请运行 `jiyun image build {name}` 或 `jiyun image import 文件 --name {name}`。",
)
IN_USE = kind(
    "image.in-use",
    Exit.CONFLICT,
    en="Image {name} is in use by {machines}; it was not removed. Delete those machines first.",
    zh="镜像 {name} 正被 {machines} 使用；未移除。请先删除这些虚机。",
)
HOSTNAME_TAKEN = kind(
    "vm.hostname-taken",
    Exit.CONFLICT,
    en="Department {department} already has a machine called {hostname} ({machine}). Choose another hostname.",
    zh="部门 {department} 已有名为 {hostname} 的虚机（{machine}）。请另选主机名。",
)
NOT_PROBED = kind(
    "host.not-probed",
    Exit.CONFLICT,
    en="Host {host} was never probed, so what it can run is not known. Run `jiyun host probe {host}`.",
    zh="主机 {host} 尚未探测，不知其能运行什么。请运行 `jiyun host probe {host}`。",
)


def unknown(what: str, name: str, look: str, names: Iterable[str] = ()) -> JiyunError:
    """:data:`UNKNOWN` with the nearest of ``names``; give only names that everybody in office may see."""
    from difflib import get_close_matches  # only an error needs it

    near = get_close_matches(name[:100], list(names), n=1)
    hint = t(f" The nearest is {near[0]}.", f"最接近的是 {near[0]}。") if near else ""
    return UNKNOWN(what=what, name=name, look=look, hint=hint)

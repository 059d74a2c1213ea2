"""What a department applies for: one machine with its disks, for one application system, in one cloud."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from jiyun.language import t
from jiyun.units import show_mib
from orders import problems

_SLUG = re.compile(r"[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?")
_HOSTNAME = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")
_KEY = re.compile(
    r"(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa|sk-ssh-ed25519@openssh\.com)"
    r" [A-Za-z0-9+/]{40,2000}={0,2}( [^\x00-\x1f\x7f-\x9f\ud800-\udfff]{0,200})?"
)
MAX_DISK_MIB = 64 * 1024 * 1024
MAX_DISKS = 8
MAX_LINE = 500
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, formats, half characters, line ends
TEXT_FIELDS = ("department", "system", "cloud", "flavor", "image", "segment", "hostname")


@dataclass(frozen=True, slots=True)
class OrderSpec:
    """``disks_mib`` are the data disks in MiB, ``tier`` the storage tier of all its disks."""

    department: str
    system: str
    cloud: str
    flavor: str
    image: str
    segment: str
    hostname: str
    disks_mib: tuple[int, ...] = ()
    tier: str = "standard"
    ssh_keys: tuple[str, ...] = ()
    purpose: str = ""

    def __post_init__(self) -> None:
        for field in (*TEXT_FIELDS[:-1], "tier"):
            _must(field, getattr(self, field), _SLUG, _slug_rule())
        _must(
            "hostname",
            self.hostname,
            _HOSTNAME,
            t(
                "use lower-case letters, digits and hyphens, beginning with a letter, at most 32",
                "请用小写字母、数字和连字符，以字母开头，不超过 32 个字符",
            ),
        )
        for key in self.ssh_keys:
            rule = t(
                "give one OpenSSH public key for each entry, such as ssh-ed25519 AAAA…",
                "每项填写一个 OpenSSH 公钥，例如 ssh-ed25519 AAAA…",
            )
            _must("ssh_keys", key, _KEY, rule)
        if len(self.disks_mib) > MAX_DISKS:
            wanted = t(f"there are at most {MAX_DISKS} data disks", f"数据盘最多 {MAX_DISKS} 个")
            raise problems.BAD_FIELD(field="disks", value=len(self.disks_mib), wanted=wanted)
        for size in self.disks_mib:
            if not 0 < size <= MAX_DISK_MIB:
                shown = show_mib(size)
                wanted = t(f"a disk has 1MiB to 64TiB, not {shown}", f"磁盘容量为 1MiB 至 64TiB，而不是 {shown}")
                raise problems.BAD_FIELD(field="disks", value=size, wanted=wanted)
        check_line("purpose", self.purpose)

    def plain(self) -> dict[str, Any]:
        """The spec as JSON-ready values."""
        return {**asdict(self), "disks_mib": list(self.disks_mib), "ssh_keys": list(self.ssh_keys)}


def from_plain(plain: Mapping[str, Any]) -> OrderSpec:
    """The spec of :meth:`OrderSpec.plain`."""
    return OrderSpec(**{**plain, "disks_mib": tuple(plain["disks_mib"]), "ssh_keys": tuple(plain["ssh_keys"])})


def _slug_rule() -> str:
    return t("use lower-case letters, digits, dots and hyphens, at most 40", "请用小写字母、数字、点和连字符，不超过 40 个字符")


def check_line(field: str, text: str) -> None:
    """Refuse what is not one line that people can read: nothing unseen may get into the records."""
    if len(text) > MAX_LINE or any(unicodedata.category(letter) in _UNSEEN for letter in text):
        raise problems.BAD_FIELD(
            field=field,
            value=text[:20],
            wanted=t(f"it is one line of at most {MAX_LINE} visible characters", f"须为一行，不超过 {MAX_LINE} 个可见字符"),
        )


def check_reason(text: str) -> None:
    """Refuse a decision without a reason: it is kept for whoever asks later."""
    check_line("reason", text)
    if not text.strip():
        raise problems.BAD_FIELD(field="reason", value=text, wanted=t("say why in a few words", "请简要说明原因"))


def _must(field: str, value: object, pattern: re.Pattern[str], wanted: str) -> None:
    if not (isinstance(value, str) and pattern.fullmatch(value)):
        raise problems.BAD_FIELD(field=field, value=value, wanted=wanted)

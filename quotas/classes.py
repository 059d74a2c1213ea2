"""Resource classes: what is counted, in which unit, and the order in which people read them."""

import re

from jiyun.units import show_mib
from quotas import problems

COUNTED = ("vcpu", "machines", "volumes", "addresses")  # pieces
FIXED = ("vcpu", "memory", "machines", "volumes", "addresses")  # disk.<tier> follows, by name
_DISK = re.compile(r"disk\.[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def check_class(name: str) -> None:
    """Refuse what is no resource class."""
    if name not in FIXED and not _DISK.fullmatch(name):
        raise problems.CLASS_UNKNOWN(name=name, classes=", ".join(FIXED))


def place(name: str) -> tuple[int, str]:
    """A sorting key: the fixed classes in their order, then the disk tiers by name."""
    return (FIXED.index(name) if name in FIXED else len(FIXED), name)


def show(name: str, amount: int) -> str:
    """An amount of the class as people read it: ``12`` or ``4GiB``."""
    return str(amount) if name in COUNTED else show_mib(amount)

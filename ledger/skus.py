"""What can be billed: a quantity is counted in its base unit, a price is said per priced unit and month.

======== ============ ================ =========================
SKU      base unit    priced unit      base units in a priced one
======== ============ ================ =========================
vcpu     vCPU         vCPU·month       1
memory   MiB          GiB·month        1024
disk.*   MiB          GiB·month        1024
address  address      address·month    1
======== ============ ================ =========================
"""

import re
from dataclasses import dataclass

from ledger import problems

_DISK = re.compile(r"disk\.[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Sku:
    """How a SKU is counted (``base``) and priced (``unit``); ``size`` base units make one priced unit."""

    base: str
    unit: str
    size: int


_FIXED = {"vcpu": Sku("vCPU", "vCPU·month", 1), "address": Sku("address", "address·month", 1)}
_BY_GIB = Sku("MiB", "GiB·month", 1024)


def find(name: str) -> Sku:
    """The SKU of that name; ``usage.sku`` where there is none."""
    if name in _FIXED:
        return _FIXED[name]
    if name == "memory" or _DISK.fullmatch(name):
        return _BY_GIB
    raise problems.UNKNOWN_SKU(sku=name)

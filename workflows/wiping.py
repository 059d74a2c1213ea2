"""How a volume is made unreadable when it is given back, by the protection level of its system.

MLPS asks for a wipe on reclaim from level 2 on (mission facts D2); level 1 only unlinks.
"""

from inventory import declared
from jiyun.store import Row, Tx
from provisioners.spec import WipeMethod


def method(protection_level: int) -> WipeMethod:
    """``zero`` overwrites every allocated block before the file is removed, ``unlink`` only removes it."""
    return "zero" if protection_level >= 2 else "unlink"


def method_for(tx: Tx, machine: Row) -> WipeMethod:
    """The method that the machine's system demands."""
    return method(declared.system(tx, machine["system"])["protection_level"])

"""Sizes as people write them, kept as integers.  Only binary units exist here: 1 GiB is 1024 MiB."""

import re

from jiyun.errors import Exit, kind

_SIZE = re.compile(r"(-?[0-9]{1,13})(MiB|GiB|TiB)")
_MIB = {"MiB": 1, "GiB": 1024, "TiB": 1024 * 1024}
MIB = 1024 * 1024  # bytes

BAD_SIZE = kind(
    "size.unreadable",
    Exit.USAGE,
    en="{value!r} is not a size; write a whole number with MiB, GiB or TiB, such as 4GiB.",
    zh="{value!r} 不是容量；请写整数加 MiB、GiB 或 TiB，例如 4GiB。",
)
SIZE_OUT_OF_RANGE = kind(
    "size.out-of-range",
    Exit.USAGE,
    en="The size {value} is out of range; it must be above zero and at most 1024TiB.",
    zh="容量 {value} 超出范围；必须大于零且不超过 1024TiB。",
)


def parse_mib(value: str | int) -> int:
    """A size such as ``4GiB`` in MiB.  Decimal units (GB) and bare numbers are refused: they are ambiguous."""
    text = str(value).strip().replace(" ", "")
    found = _SIZE.fullmatch(text)
    if found is None:
        raise BAD_SIZE(value=value)
    mib = int(found[1]) * _MIB[found[2]]
    if not 0 < mib <= 1024 * _MIB["TiB"]:
        raise SIZE_OUT_OF_RANGE(value=text)
    return mib


def show_mib(mib: int) -> str:
    """The shortest exact form: ``512MiB``, ``4GiB``, ``2TiB``."""
    for suffix, factor in (("TiB", 1024 * 1024), ("GiB", 1024)):
        if mib and mib % factor == 0:
            return f"{mib // factor}{suffix}"
    return f"{mib}MiB"

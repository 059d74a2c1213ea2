"""Time as the product counts it: whole seconds UTC since 1970; months are local calendar months of the city."""

import time
from datetime import UTC, datetime
from typing import Protocol

from jiyun.errors import Exit, kind

CITY_ZONE = "Asia/Shanghai"
_YEAR_9999 = 253_370_764_800  # times stay below it, so that no zone or following month leaves the calendar

BAD_TIME = kind(
    "time.unreadable",
    Exit.USAGE,
    en="{value!r} is not a time; write it as 2026-11-22 or 2026-11-22T08:00:00Z.",
    zh="{value!r} 不是时间；请写成 2026-11-22 或 2026-11-22T08:00:00Z。",
)
BAD_MONTH = kind(
    "time.month-unreadable",
    Exit.USAGE,
    en="{value!r} is not a month; write it as 2026-11.",
    zh="{value!r} 不是月份；请写成 2026-11。",
)


class Clock(Protocol):
    """Where a store takes its time from."""

    def now(self) -> int:
        """Seconds since 1970, UTC."""


class SystemClock:
    """The clock of a real store: the machine's own."""

    def now(self) -> int:
        return int(time.time())


def iso(seconds: int) -> str:
    """``2026-11-22T08:00:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(seconds: int) -> str:
    """``2026-11-22 16:00:00+08``: the city's time, for people; :func:`parse` reads it back."""
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(seconds, ZoneInfo(CITY_ZONE)).strftime("%Y-%m-%d %H:%M:%S%z")[:-2]


def local_date(seconds: int) -> str:
    """The city's calendar day of a second, as ``2026-11-22``."""
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(seconds, ZoneInfo(CITY_ZONE)).strftime("%Y-%m-%d")


def local_month(seconds: int) -> str:
    """The city's calendar month of a second, as ``2026-11``."""
    return local_date(seconds)[:7]


def parse(value: str) -> int:
    """Seconds UTC of ``2026-11-22`` (local midnight of the city) or of a full ISO time with its zone."""
    from zoneinfo import ZoneInfo

    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BAD_TIME(value=value) from None
    if moment.tzinfo is None:
        if "T" in value or " " in value:
            raise BAD_TIME(value=value)
        moment = moment.replace(tzinfo=ZoneInfo(CITY_ZONE))
    seconds = int(moment.timestamp())
    if not 0 <= seconds < _YEAR_9999:
        raise BAD_TIME(value=value)
    return seconds


def month_bounds(month: str) -> tuple[int, int]:
    """First second of a local month and first second of the next: the half-open interval ``[start, end)``."""
    from zoneinfo import ZoneInfo

    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=ZoneInfo(CITY_ZONE))
        following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    except ValueError:
        raise BAD_MONTH(value=month) from None
    start, end = int(first.timestamp()), int(following.timestamp())
    if len(month) != len("2026-11") or not 0 <= start < _YEAR_9999:
        raise BAD_MONTH(value=month)
    return start, end

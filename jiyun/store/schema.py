"""Which schema a store has and which this program needs: the look that every command takes first."""

from pathlib import Path

from jiyun.store import problems
from jiyun.store.drivers import Driver
from jiyun.store.queries import Statement

FOLDER = Path(__file__).with_name("migrations")
_HEAD = Statement("schema_head", "SELECT coalesce(max(version), 0) AS version FROM schema_version")


def head() -> int:
    """The schema version that this program needs."""
    return max(int(folder.name[:4]) for folder in FOLDER.iterdir() if folder.name[:4].isdigit())


def applied(driver: Driver) -> int:
    """The store's schema version; 0 where there is none."""
    if not driver.has_table("schema_version"):
        return 0
    return int(driver.execute(_HEAD, {})[0][0]["version"])


def check(driver: Driver, shown: str) -> None:
    """Refuse a store that is missing, older or newer than this program."""
    found, needed = applied(driver), head()
    if found == 0:
        raise problems.MISSING(database=shown)
    if found < needed:
        raise problems.OLDER(found=found, needed=needed)
    if found > needed:
        raise problems.NEWER(found=found, needed=needed)

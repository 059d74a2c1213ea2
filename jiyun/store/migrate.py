"""Versioned migrations, forward only.  ``migrations/0001_name/{common,sqlite,postgres}.sql``.

``common.sql`` is plain SQL that both databases take; triggers, which they write differently, stand in the file
of their dialect.  Each migration is applied in one transaction together with its row in ``schema_version``.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jiyun import __version__
from jiyun.store import problems
from jiyun.store.drivers import Driver
from jiyun.store.queries import Statement
from jiyun.store.schema import FOLDER, applied, head

_MADE = """
CREATE TABLE schema_version (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    program TEXT NOT NULL
);"""
_ALL = Statement("schema_all", "SELECT version, name, sha256, applied_at, program FROM schema_version ORDER BY version")
_INSERT = Statement(
    "schema_insert",
    "INSERT INTO schema_version (version, name, sha256, applied_at, program) VALUES (:version, :name, :sha256, :at, :program)",
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; ``folder`` holds its files."""

    version: int
    name: str
    folder: Path

    def text(self, dialect: str) -> str:
        files = (self.folder / "common.sql", self.folder / f"{dialect}.sql")
        return "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())

    def sha256(self, dialect: str) -> str:
        return hashlib.sha256(self.text(dialect).encode()).hexdigest()


def migrations() -> list[Migration]:
    """Every migration that this program holds, in order."""
    folders = sorted(folder for folder in FOLDER.iterdir() if folder.name[:4].isdigit())
    return [Migration(int(folder.name[:4]), folder.name[5:], folder) for folder in folders]


def upgrade(driver: Driver, say: Callable[[str], None] = lambda _: None) -> list[Migration]:
    """Apply what is missing, one transaction each; what was done is returned.  A killed run goes on from there."""
    found = applied(driver)
    if found > head():
        raise problems.NEWER(found=found, needed=head())
    _check_unchanged(driver, found)
    done = [migration for migration in migrations() if migration.version > found]
    for migration in done:
        _apply(driver, migration)
        say(f"{migration.version:04d} {migration.name}")
    return done


def _check_unchanged(driver: Driver, found: int) -> None:
    known = {migration.version: migration for migration in migrations()}
    for row in driver.execute(_ALL, {})[0] if found else []:
        if known[row["version"]].sha256(driver.dialect) != row["sha256"]:
            raise problems.CHANGED(version=row["version"])


def _apply(driver: Driver, migration: Migration) -> None:
    driver.begin(write=True)
    try:
        if applied(driver) >= migration.version:  # another program was quicker
            driver.rollback()
            return
        if migration.version == 1:
            driver.script(_MADE)
        driver.script(migration.text(driver.dialect))
        row = {
            "version": migration.version,
            "name": migration.name,
            "sha256": migration.sha256(driver.dialect),
            "at": int(time.time()),
            "program": __version__,
        }
        driver.execute(_INSERT, row)
    except BaseException:
        driver.rollback()
        raise
    driver.commit()

"""Making a store and its home, bringing its schema forward, setting a simulated clock."""

from pathlib import Path

from jiyun import audit
from jiyun.store import Store, migrate, open_store, problems
from jiyun.store import schema as schema_of
from jiyun.store.create import advance, create_store, make_folder, require_absent
from jiyun.store.engine import connect, read_facts, shown
from tenants import authority
from workflows.session import Session
from workflows.transactions import rehearse


def initialise(database: str, home: Path, *, city: str, actor: str, simulated_at: int | None = None) -> Store:
    """Make home folder, secret, login key and store.  A secret that stands there already is kept."""
    from provisioners.hostkeys import login_key, make_secret

    require_absent(database)  # before the keys: a home that is pointed at another's store gets none
    make_folder(home)
    if not (home / "secret").exists():
        make_secret(home / "secret")
    login_key(home / "ssh")
    return create_store(database, city=city, actor=actor, simulated_at=simulated_at)  # last: its presence says all is there


def schema(database: str) -> tuple[int, int]:
    """The schema version of a store, and the one that this program needs."""
    driver = connect(database, create=False)
    try:
        return schema_of.applied(driver), schema_of.head()
    finally:
        driver.close()


def upgrade_schema(database: str, actor: str, *, dry_run: bool = False) -> list[str]:
    """Apply the missing migrations; their names.  Only the operator may, as far as the old schema knows people."""
    driver = connect(database, create=False)
    try:
        found = schema_of.applied(driver)
        if found == 0:
            raise problems.MISSING(database=shown(database))
        if found > schema_of.head():
            raise problems.NEWER(found=found, needed=schema_of.head())
        with Store(driver, database, read_facts(driver, database)).read(actor) as tx:
            authority.require(tx, "db.upgrade")
        missing = [migration for migration in migrate.migrations() if migration.version > found]
        if not dry_run:
            migrate.upgrade(driver)
    finally:
        driver.close()
    names = [f"{migration.version:04d}_{migration.name}" for migration in missing]
    if names and not dry_run:
        with open_store(database) as store, store.write(actor) as tx:
            audit.append(tx, "store.upgrade", store.facts.id, migrations=names)
    return names


def advance_clock(session: Session, to: int, *, dry_run: bool = False) -> None:
    """Set a simulated store's clock forward."""
    with rehearse(session, keep=not dry_run) as tx:
        authority.require(tx, "clock.set")
        advance(tx, to)

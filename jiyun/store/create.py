"""Making a store, once; and the simulated clock."""

import uuid
from pathlib import Path

from jiyun import audit, clock
from jiyun.errors import JiyunError
from jiyun.store import migrate, problems
from jiyun.store.engine import SQL, Store, StoreFacts, Tx, connect, read_facts, shown


def require_absent(url: str) -> None:
    """Refuse where a store stands already; an empty or half-made database is none."""
    try:
        driver = connect(url, create=False)
    except JiyunError as error:
        if error.kind is problems.MISSING:
            return
        raise
    try:
        if driver.has_table("store") and driver.execute(SQL.facts, {})[0]:
            raise problems.EXISTS(database=shown(url))
    finally:
        driver.close()


def create_store(url: str, *, city: str, actor: str, simulated_at: int | None = None) -> Store:
    """Make a new store; ``simulated_at`` (seconds UTC) makes one whose clock can be set, for ever marked so."""
    if url.startswith("sqlite:///"):
        make_folder(Path(url.removeprefix("sqlite:///")).parent)
    driver = connect(url, create=True)
    migrate.upgrade(driver)
    if driver.execute(SQL.facts, {})[0]:
        driver.close()
        raise problems.EXISTS(database=shown(url))
    kind = "real" if simulated_at is None else "simulated"
    now = clock.SystemClock().now() if simulated_at is None else simulated_at
    facts = StoreFacts(str(uuid.uuid4()), kind, city, now)  # type: ignore[arg-type]
    driver.begin(write=True)
    try:
        row = {"id": facts.id, "kind": kind, "city": city, "created_at": now}
        driver.execute(SQL.insert_facts, row)
        if simulated_at is not None:
            driver.execute(SQL.insert_simulated_clock, {"now": simulated_at})
        audit.append(Tx(driver, facts, actor, now), "store.create", facts.id, kind=kind, city=city)
    except BaseException:
        driver.rollback()
        raise
    driver.commit()
    return Store(driver, url, read_facts(driver, url))


def make_folder(path: Path) -> None:
    """Make a folder for us alone, where there is none."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise problems.UNREACHABLE(database=path, reason=error.strerror or error) from None


def advance(tx: Tx, to: int) -> None:
    """Set a simulated store's clock forward to ``to`` (seconds UTC)."""
    if tx.store.kind != "simulated":
        raise problems.REAL_CLOCK()
    if to < tx.now:
        raise problems.CLOCK_BACK(now=clock.iso(tx.now), wanted=clock.iso(to))
    tx.run(SQL.advance_simulated_clock, now=to)
    audit.append(tx, "clock.advance", tx.store.id, to=to)


def advance_clock(store: Store, actor: str, to: int) -> None:
    """:func:`advance` in a transaction of its own."""
    with store.write(actor) as tx:
        advance(tx, to)

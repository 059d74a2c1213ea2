"""The open store: read and write transactions over either driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from jiyun.settings import mask
from jiyun.store import problems, schema
from jiyun.store.drivers import Driver, PostgresDriver, Row, SqliteDriver
from jiyun.store.queries import Statement, load_queries

SQL = load_queries(__file__, "kernel.sql")

__all__ = ["Row", "Store", "StoreFacts", "Tx", "connect", "open_store", "shown"]


class StoreFacts(NamedTuple):
    """What a store says of itself; never changes after it was made."""

    id: str
    kind: Literal["real", "simulated"]
    city: str
    created_at: int


class Tx:
    """One transaction.  ``now`` is the store's clock at its beginning, ``actor`` who acts."""

    def __init__(self, driver: Driver, facts: StoreFacts, actor: str, now: int) -> None:
        self._driver = driver
        self.store = facts
        self.actor = actor
        self.now = now

    def all(self, statement: Statement, **params: Any) -> list[Row]:
        """Every row that the statement returns."""
        return self._driver.execute(statement, params)[0]

    def first(self, statement: Statement, **params: Any) -> Row | None:
        """The first row, or None."""
        rows = self._driver.execute(statement, params)[0]
        return rows[0] if rows else None

    def one(self, statement: Statement, **params: Any) -> Row:
        """The one row of a statement that always has one (counts, sums, RETURNING)."""
        return self._driver.execute(statement, params)[0][0]

    def run(self, statement: Statement, **params: Any) -> int:
        """Run a change; the number of rows it touched."""
        return self._driver.execute(statement, params)[1]

    def wall(self) -> float:
        """Seconds by the database's own clock: for leases, which a simulated clock must not stretch."""
        return self._driver.wall()


class Store:
    """A connection to one store.  Not shared between threads: each opens its own."""

    def __init__(self, driver: Driver, url: str, facts: StoreFacts) -> None:
        self._driver = driver
        self.url = url
        self.facts = facts

    @property
    def dialect(self) -> str:
        return self._driver.dialect

    def _now(self) -> int:
        if self.facts.kind == "simulated":
            return int(self._driver.execute(SQL.simulated_now, {})[0][0]["now"])
        return int(self._driver.wall())  # one clock for all programs that share the store

    @contextmanager
    def write(self, actor: str) -> Iterator[Tx]:
        """The only write transaction of its moment; all of it is kept or nothing."""
        with self._transaction(actor, write=True) as tx:
            yield tx

    @contextmanager
    def read(self, actor: str = "") -> Iterator[Tx]:
        """A consistent snapshot that waits for nobody."""
        with self._transaction(actor, write=False) as tx:
            yield tx

    @contextmanager
    def _transaction(self, actor: str, *, write: bool) -> Iterator[Tx]:
        self._driver.begin(write=write)
        try:
            yield Tx(self._driver, self.facts, actor, self._now())
            self._driver.commit()
        except BaseException:
            self._driver.rollback()
            raise

    def again(self) -> "Store":
        """A second connection to the same store, for another thread."""
        return Store(connect(self.url, create=False), self.url, self.facts)

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def shown(url: str) -> str:
    """The database address without a password."""
    return mask(url)


def connect(url: str, *, create: bool) -> Driver:
    """The driver for ``sqlite:///PATH`` or ``postgresql://…``."""
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return SqliteDriver(Path(url.removeprefix("sqlite:///")), create=create)
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresDriver(url, shown=shown(url))
    raise problems.BAD_URL(url=shown(url))


def open_store(url: str) -> Store:
    """Open a store whose schema is exactly the one this program knows; say what to do otherwise."""
    driver = connect(url, create=False)
    try:
        schema.check(driver, shown(url))
        return Store(driver, url, read_facts(driver, url))
    except BaseException:
        driver.close()
        raise


def read_facts(driver: Driver, url: str) -> StoreFacts:
    """The store's own row."""
    rows = driver.execute(SQL.facts, {})[0]
    if not rows:
        raise problems.MISSING(database=shown(url))
    return StoreFacts(**rows[0])

"""Transactions: all or nothing, one writer, readers that wait for nobody, and what a broken connection says."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiyun.errors import Exit, JiyunError
from jiyun.store import Statement, Store
from jiyun.store.create import create_store
from jiyun.store.drivers import Driver, PostgresDriver, SqliteDriver
from jiyun.store.engine import SQL, shown
from tests.support import raw

PUT = Statement("put", "INSERT INTO sequence (name, last) VALUES (:name, 1)")
COUNT = Statement("count", "SELECT count(*) AS n FROM sequence")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with create_store(database_url, city="", actor="ops") as made:
        yield made


def impatient(store: Store, seconds: float) -> Store:
    """A second connection that waits for the writer only so long."""
    driver: Driver
    if store.dialect == "sqlite":
        driver = SqliteDriver(Path(store.url.removeprefix("sqlite:///")), create=False, wait_seconds=seconds)
    else:
        driver = PostgresDriver(store.url, shown=shown(store.url), wait_seconds=seconds)
    return Store(driver, store.url, store.facts)


def count(store: Store) -> int:
    with store.read() as tx:
        return int(tx.one(COUNT)["n"])


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_keeps_nothing(store: Store, error: type[BaseException]) -> None:
    with pytest.raises(error), store.write("ops") as tx:
        tx.run(PUT, name="a")
        raise error
    assert count(store) == 0
    with store.write("ops") as tx:  # and the connection is good for the next one
        tx.run(PUT, name="b")
    assert count(store) == 1


def test_a_refused_statement_keeps_nothing_of_the_transaction(store: Store) -> None:
    with pytest.raises(JiyunError) as caught, store.write("ops") as tx:
        tx.run(PUT, name="a")
        tx.run(PUT, name="a")
    assert (caught.value.code, caught.value.exit) == ("store.refused", Exit.CONFLICT)
    assert count(store) == 0


def test_a_key_that_is_only_checked_at_commit_is_refused_there(store: Store) -> None:
    price = (
        "INSERT INTO price (book, sku, tenant_class, unit, micro_yuan, month_rule, valid_from)"
        " VALUES ('no book', 'vcpu', '', 'x', 1, 'actual', 0)"
    )
    assert "foreign key" in raw.refused(store, price).lower()
    assert raw.rows(store, "SELECT count(*) AS n FROM price") == [{"n": 0}]
    with store.write("ops") as tx:
        tx.run(PUT, name="a")


def test_a_reader_sees_one_moment_and_waits_for_no_writer(store: Store) -> None:
    with store.again() as other, other.write("ops") as writing:
        writing.run(PUT, name="a")
        with store.read() as tx:  # while the writer holds the store
            assert tx.one(COUNT)["n"] == 0
    with store.read() as tx:
        assert tx.one(COUNT)["n"] == 1
        with store.again() as other, other.write("ops") as writing:
            writing.run(PUT, name="b")
        assert tx.one(COUNT)["n"] == 1  # committed meanwhile, and not seen: this is a snapshot
    assert count(store) == 2


def test_a_writer_that_waits_too_long_is_told_so(store: Store) -> None:
    with impatient(store, 0.2) as other, store.write("ops") as tx:
        tx.run(PUT, name="a")
        with pytest.raises(JiyunError) as caught, other.write("ops"):
            pytest.fail("two writers at once")
        assert (caught.value.code, caught.value.exit) == ("store.busy", Exit.CONFLICT)
        assert "more than 0.2 s" in caught.value.message()
    with impatient(store, 0.2) as other, other.write("ops") as tx:
        tx.run(PUT, name="b")
    assert count(store) == 2


def test_writers_take_turns(store: Store) -> None:
    """Read, think, write: without one writer at a time, numbers would be given out twice."""
    drawn: list[int] = []

    def draw() -> None:
        with store.again() as own:
            for _ in range(10):
                with own.write("ops") as tx:
                    drawn.append(tx.one(SQL.next_number, name="n")["last"])

    threads = [threading.Thread(target=draw) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(1, 31))


@pytest.mark.postgres
@pytest.mark.parametrize("moment", ["before", "execute", "commit", "read"])
def test_a_connection_lost_in_the_middle_is_one_sentence(postgres_database: str, moment: str) -> None:
    import psycopg

    with create_store(postgres_database, city="", actor="ops") as store:
        pid = raw.rows(store, "SELECT pg_backend_pid() AS pid")[0]["pid"]

        def cut() -> None:
            with psycopg.connect(postgres_database, autocommit=True) as killer:
                killer.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

        def use() -> None:
            if moment == "before":
                cut()
            with store.read() if moment == "read" else store.write("ops") as tx:
                if moment != "read":
                    tx.run(PUT, name="a")
                if moment != "before":
                    cut()
                if moment == "execute":
                    tx.run(PUT, name="b")
                if moment == "read":
                    tx.all(COUNT)

        with pytest.raises(JiyunError) as caught:
            use()
    assert (caught.value.code, caught.value.exit) == ("store.unreachable", Exit.OTHER)
    assert "\n" not in caught.value.message()
    with psycopg.connect(postgres_database) as fresh:
        found = fresh.execute("SELECT count(*) FROM sequence").fetchone()
    assert found == (0,)


@pytest.mark.postgres
def test_a_read_transaction_cannot_write_on_postgres(postgres_database: str) -> None:
    """SQLite has no such thing: there the rule is kept by the code that calls."""
    with create_store(postgres_database, city="", actor="ops") as store:
        with pytest.raises(Exception, match="read-only"), store.read() as tx:
            tx.run(PUT, name="a")
        assert count(store) == 0

"""The price book on both databases: published once, never overlapping, never changed."""

from dataclasses import replace

import pytest

from jiyun import audit
from jiyun.errors import Exit, JiyunError
from jiyun.store import Statement, Store
from jiyun.store.create import advance_clock
from ledger.prices import Book, at, price_rows, put_book, synthetic_books
from tests.ledger.samples import BOOK, DAY, START, price


def put(store: Store, book: Book) -> str:
    with store.write("finance") as tx:
        return put_book(tx, book)


def refusal(store: Store, book: Book) -> JiyunError:
    with pytest.raises(JiyunError) as caught:
        put(store, book)
    return caught.value


def known(store: Store, cutoff: int | None = None) -> list[tuple[str, str, int, int | None]]:
    with store.read() as tx:
        return [(row.book, row.sku, row.valid_from, row.valid_to) for row in price_rows(tx, cutoff)]


def test_the_same_book_again_is_the_same_in_any_order_of_its_rows(store: Store) -> None:
    assert put(store, BOOK) == "created"
    with store.read() as tx:
        entries = audit.verify(tx).entries
    assert put(store, replace(BOOK, prices=BOOK.prices[::-1])) == "same"
    with store.read() as tx:
        assert audit.verify(tx).entries == entries
        assert {(row.sku, row.micro_yuan, row.book) for row in price_rows(tx)} >= {("vcpu", 45_000_000, "2026")}


def test_a_published_version_never_gets_another_content(priced: Store) -> None:
    error = refusal(priced, replace(BOOK, synthetic=True))
    assert (error.code, error.exit) == ("price.published", Exit.CONFLICT)


def test_a_later_book_ends_an_open_price_from_its_own_start(priced: Store) -> None:
    turn = START + 60 * DAY
    advance_clock(priced, "ops", START + DAY)
    assert put(priced, Book("2027", (price("vcpu", 40_000_000, turn),))) == "created"
    assert ("2026", "vcpu", START, turn) in known(priced)
    assert ("2027", "vcpu", turn, None) in known(priced)
    assert ("2026", "vcpu", START, None) in known(priced, START)  # as it was known before
    assert put(priced, BOOK) == "same"


def test_a_price_in_force_is_not_changed_backwards(priced: Store) -> None:
    advance_clock(priced, "ops", START + DAY)
    error = refusal(priced, Book("2027", (price("vcpu", 1, START + DAY - 1),)))
    assert (error.code, error.exit) == ("price.retroactive", Exit.POLICY)
    assert "book 2026 at 2026-11-01T15:59:59Z" in error.message()
    assert ("2026", "vcpu", START, None) in known(priced)


OVERLAPPING = (
    price("vcpu", 1, START + 5 * DAY, START + 11 * DAY),
    price("vcpu", 1, START + 19 * DAY),
    price("vcpu", 1, START),
    price("vcpu", 1, START + 12 * DAY, START + 13 * DAY),
)


def test_an_overlap_is_named(store: Store) -> None:
    put(store, Book("a", (price("vcpu", 2, START + 10 * DAY, START + 20 * DAY),)))
    for second in OVERLAPPING:
        error = refusal(store, Book("b", (second,)))
        assert (error.code, error.exit) == ("price.overlap", Exit.CONFLICT)
        assert "vcpu" in error.message() and "of book a from" in error.message()


def test_prices_that_touch_do_not_overlap_nor_do_classes(store: Store) -> None:
    first = price("vcpu", 2, START, START + DAY)
    county = price("vcpu", 1, START, START + DAY, tenant_class="county")
    assert put(store, Book("a", (first, county, price("vcpu", 3, START + DAY)))) == "created"


def test_two_open_prices_in_one_book_overlap(store: Store) -> None:
    assert refusal(store, Book("a", (price("vcpu", 2), price("vcpu", 3, START + DAY)))).code == "price.overlap"


BAD_ROWS = (
    (price("vcpu", 1, unit="GB·month"), "price.unit"),
    (price("gpu", 1), "usage.sku"),
    (price("vcpu", -1), "price.negative"),
    (price("vcpu", 1, month_rule="lunar"), "price.month-rule"),
    (price("vcpu", 1, START, START), "price.period"),
)


def test_a_bad_row_is_refused_by_name(store: Store) -> None:
    for bad, code in BAD_ROWS:
        error = refusal(store, Book("a", (bad,)))
        assert (error.code, error.exit) == (code, Exit.USAGE)
        assert bad.sku in error.message()
    assert not known(store)


def test_an_empty_book_is_refused(store: Store) -> None:
    assert refusal(store, Book("a", ())).code == "price.empty"


ROW = "INSERT INTO price (book, sku, tenant_class, unit, micro_yuan, month_rule, valid_from, valid_to) VALUES "
END = "INSERT INTO price_end (book, sku, tenant_class, valid_from, ends_at, ended_by, recorded_at) VALUES "
LATER = 2_000_000_000
CHANGES = {
    "overlap": (ROW + f"('x', 'vcpu', '', 'u', 1, 'actual', {LATER}, NULL)", "may not overlap"),
    "before": (ROW + "('x', 'vcpu', '', 'u', 1, 'actual', 0, NULL)", "may not overlap"),
    "grown": (ROW + "('2026', 'gpu', '', 'u', 1, 'actual', 0, NULL)", "never changes"),
    "changed": ("UPDATE price SET micro_yuan = 1", "never changes"),
    "removed": ("DELETE FROM price", "never changes"),
    "book changed": ("UPDATE price_book SET synthetic = 1", "never changes"),
    "book removed": ("DELETE FROM price_book", "never changes"),
    "closed twice": (END + f"('2026', 'memory', '', {START}, {LATER}, '2027', 0)", "(never changes|unique)"),
    "end moved": ("UPDATE price_end SET ends_at = ends_at + 1", "never changes"),
    "end removed": ("DELETE FROM price_end", "never changes"),
    "closed end": (END + f"('2027', 'address', '', {LATER}, {LATER + 1}, '2027', 0)", "without an end"),
}


def test_the_database_itself_refuses(priced: Store) -> None:
    turn = START + 60 * DAY
    put(priced, Book("2027", (price("memory", 1, turn), price("disk.ssd", 1, turn, turn + DAY))))
    for what, (statement, rule) in CHANGES.items():
        with pytest.raises(JiyunError, match=rule), priced.write("thief") as tx:
            tx.run(Statement(what, statement))


def test_a_price_without_its_book_does_not_outlive_the_transaction(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"), store.write("thief") as tx:
        tx.run(Statement("unsealed", ROW + "('x', 'gpu', '', 'u', 1, 'actual', 0, NULL)"))
    store.close()


def test_the_class_goes_before_the_list_and_nothing_is_not_zero() -> None:
    prices = [price("vcpu", 2, 10, 20), price("vcpu", 1, 12, 15, tenant_class="county")]
    assert [found and found.micro_yuan for found in (at(prices, "vcpu", moment, "county") for moment in (9, 10, 12, 15, 20))] == [
        None,
        2,
        1,
        2,
        None,
    ]
    assert at(prices, "memory", 12) is None


def test_an_invented_book_is_known_as_such(store: Store) -> None:
    put(store, replace(BOOK, synthetic=True))
    with store.read() as tx:
        assert synthetic_books(tx) == {"2026"}

"""The price book: what a unit costs in a month, from when until when.  A published book never changes.

Two prices of one SKU and tenant class never overlap; the database refuses it.  A price without an end is ended by the
later book that sets a new one, and only from now on, so what was billed stays what it was.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from jiyun import audit, canonical, clock
from jiyun.store import Tx
from ledger import problems, skus
from ledger.statements import SQL

MonthRule = Literal["actual", "fixed730"]


@dataclass(frozen=True, slots=True)
class Price:
    """One row of a book: ``micro_yuan`` for one ``unit`` (such as ``GiB·month``) in ``[valid_from, valid_to)``.

    ``month_rule`` says what a month is: ``actual`` is the local calendar month to the second, ``fixed730`` is 730
    hours.  ``tenant_class`` is empty in the list price; ``valid_to`` is None where no end is known.
    """

    sku: str
    unit: str
    micro_yuan: int
    month_rule: MonthRule
    valid_from: int
    valid_to: int | None = None
    tenant_class: str = ""
    book: str = ""  # its version; filled in when read


@dataclass(frozen=True, slots=True)
class Book:
    """A version of the price book as declared; ``document`` is finance's sign-off, ``synthetic`` an invented one."""

    version: str
    prices: tuple[Price, ...]
    document: str = ""
    synthetic: bool = False

    def digest(self) -> str:
        """SHA-256 over its canonical form; the order of its rows does not matter."""
        rows = sorted((_content(price) for price in self.prices), key=canonical.encode)
        return canonical.digest([self.version, self.document, self.synthetic, rows])


def _content(price: Price) -> dict[str, object]:
    content = asdict(price)
    del content["book"]
    return content


def put_book(tx: Tx, book: Book) -> Literal["created", "same"]:
    """Publish a book.  The same book again is no change; the same version with another content is refused.

    A row that begins while an open price runs ends that price for good, also where the row itself has an end.
    """
    found = tx.first(SQL.book_digest, version=book.version)
    if found is not None:
        if found["digest"] != book.digest():
            raise problems.PUBLISHED(book=book.version)
        return "same"
    if not book.prices:
        raise problems.EMPTY_BOOK(book=book.version)
    for price in book.prices:
        _check(price)
    placed = price_rows(tx)
    for price in sorted(book.prices, key=lambda price: price.valid_from):
        _make_room(tx, book, price, placed)
        tx.run(SQL.price_insert, **{**asdict(price), "book": book.version})
        placed.append(Price(**{**asdict(price), "book": book.version}))
    tx.run(
        SQL.book_insert,
        version=book.version,
        document=book.document,
        synthetic=int(book.synthetic),
        published_at=tx.now,
        published_by=tx.actor,
        digest=book.digest(),
    )
    audit.append(tx, "price.publish", book.version, rows=len(book.prices), digest=book.digest(), document=book.document)
    return "created"


def _check(price: Price) -> None:
    """Say by name what the database would refuse."""
    permitted = skus.find(price.sku).unit
    if price.unit != permitted:
        raise problems.BAD_UNIT(sku=price.sku, unit=price.unit, permitted=permitted)
    if price.month_rule not in ("actual", "fixed730"):
        raise problems.BAD_RULE(sku=price.sku, rule=price.month_rule)
    if price.micro_yuan < 0:
        raise problems.BAD_PRICE(sku=price.sku)
    if price.valid_to is not None and price.valid_to <= price.valid_from:
        raise problems.BAD_PERIOD(sku=price.sku, valid_from=clock.iso(price.valid_from), valid_to=clock.iso(price.valid_to))


def _make_room(tx: Tx, book: Book, price: Price, placed: list[Price]) -> None:
    """End the open price of an earlier book that this one follows; refuse any other overlap."""
    for index, other in enumerate(placed):
        if not _overlap(price, other):
            continue
        if other.valid_to is not None or other.book == book.version or other.valid_from >= price.valid_from:
            raise problems.OVERLAP(
                book=book.version,
                sku=price.sku,
                valid_from=clock.iso(price.valid_from),
                other=other.book,
                other_from=clock.iso(other.valid_from),
            )
        if price.valid_from < tx.now:
            raise problems.RETROACTIVE(
                book=book.version, sku=price.sku, other=other.book, at=clock.iso(price.valid_from), now=clock.iso(tx.now)
            )
        tx.run(
            SQL.price_end_insert,
            book=other.book,
            sku=other.sku,
            tenant_class=other.tenant_class,
            valid_from=other.valid_from,
            ends_at=price.valid_from,
            ended_by=book.version,
            recorded_at=tx.now,
        )
        placed[index] = Price(**{**asdict(other), "valid_to": price.valid_from})


def _overlap(one: Price, other: Price) -> bool:
    return (
        (one.sku, one.tenant_class) == (other.sku, other.tenant_class)
        and (other.valid_to is None or one.valid_from < other.valid_to)
        and (one.valid_to is None or other.valid_from < one.valid_to)
    )


def price_rows(tx: Tx, cutoff: int | None = None) -> list[Price]:
    """Every price as it was known at ``cutoff`` (now, where none is given), by SKU, tenant class and time."""
    return [Price(**row) for row in tx.all(SQL.prices_known, cutoff=tx.now if cutoff is None else cutoff)]


def synthetic_books(tx: Tx) -> frozenset[str]:
    """The versions whose figures are invented: a bill that rests on one says so."""
    return frozenset(row["version"] for row in tx.all(SQL.synthetic_books))


def at(prices: Sequence[Price], sku: str, moment: int, tenant_class: str = "") -> Price | None:
    """The one price in force at a second: that of the tenant's class, else the list price, else None."""
    in_force = {
        price.tenant_class: price
        for price in prices
        if price.sku == sku and price.valid_from <= moment and (price.valid_to is None or moment < price.valid_to)
    }
    return in_force.get(tenant_class) or in_force.get("")

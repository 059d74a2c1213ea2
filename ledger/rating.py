"""From time to money: a pure function of intervals, prices and a month.  No float, no rounding.

An interval is cut where the month begins and ends and where its price changes; each piece is one line, and a line's
amount is an exact fraction of a fen::

    quantity x micro-yuan x seconds  /  (base units in a priced unit x seconds in a month x 10,000 micro-yuan in a fen)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from jiyun import canonical, clock
from jiyun.money import FEN_PER_YUAN, MICRO_PER_YUAN
from ledger import prices as book
from ledger import problems, skus
from ledger.intervals import Interval
from ledger.prices import Price

_MICRO_PER_FEN = MICRO_PER_YUAN // FEN_PER_YUAN
_FIXED_MONTH = 730 * 3600  # seconds


class Line(NamedTuple):
    """One charge: a constant quantity at one price in ``[start, end)``.

    The amount is kept as two whole numbers, ``numerator / denominator`` fen, not reduced: there are only a handful of
    denominators in a month, so a sum of many lines is a sum of whole numbers.
    """

    department: str
    system: str
    cloud: str
    resource: str
    resource_kind: str
    sku: str
    start: int
    end: int
    quantity: int
    unit: str
    micro_yuan: int
    rule: str
    book: str
    numerator: int
    denominator: int

    @property
    def amount(self) -> Fraction:
        """Exact fen."""
        return Fraction(self.numerator, self.denominator)

    @property
    def seconds(self) -> int:
        return self.end - self.start

    def canonical(self) -> str:
        """The text that a bill's digest is taken over; the amount is in lowest terms."""
        amount = self.amount
        return canonical.encode([*self[:-2], amount.numerator, amount.denominator])


class _Piece(NamedTuple):
    """The price in force in ``[start, end)``; ``denominator`` turns quantity x micro-yuan x seconds into fen."""

    start: int
    end: int
    price: Price | None  # None: there is no price here
    denominator: int


def rate(
    intervals: Iterable[Interval],
    prices: Sequence[Price],
    month: str,
    *,
    until: int | None = None,
    classes: Mapping[str, str] | None = None,
) -> Iterator[Line]:
    """The lines of a local month, in the order of the intervals, one at a time.

    ``until`` is a second up to which the month is rated (all of it, where none is given); ``classes`` gives the
    tenant class of a department.  Raises ``price.missing`` where something is held that has no price.
    """
    first, last = clock.month_bounds(month)
    stop = last if until is None else min(last, until)
    tariff: dict[tuple[str, str], list[_Piece]] = {}
    for interval in intervals:
        start = max(interval.start, first)
        end = stop if interval.end is None else min(interval.end, stop)
        if start >= end:
            continue
        key = (interval.sku, classes.get(interval.department, "") if classes else "")
        if key not in tariff:
            tariff[key] = _pieces(prices, *key, first, last)
        yield from _lines(interval, start, end, tariff[key])


def _lines(interval: Interval, start: int, end: int, pieces: list[_Piece]) -> Iterator[Line]:
    for piece in pieces:
        if piece.start >= end:
            return
        if piece.end <= start:
            continue
        begin, finish, price = max(start, piece.start), min(end, piece.end), piece.price
        if price is None:
            raise problems.MISSING(sku=interval.sku, at=clock.iso(begin))
        yield Line(
            interval.department,
            interval.system,
            interval.cloud,
            interval.resource,
            interval.resource_kind,
            interval.sku,
            begin,
            finish,
            interval.quantity,
            price.unit,
            price.micro_yuan,
            price.month_rule,
            price.book,
            interval.quantity * price.micro_yuan * (finish - begin),
            piece.denominator,
        )


def _pieces(prices: Sequence[Price], sku: str, tenant_class: str, first: int, last: int) -> list[_Piece]:
    """The month cut where the price of this SKU, for this class, may change."""
    edges = {edge for price in prices if price.sku == sku for edge in (price.valid_from, price.valid_to) if edge is not None}
    cuts = [first, *sorted(edge for edge in edges if first < edge < last), last]
    pieces = []
    for start, end in pairwise(cuts):
        price = book.at(prices, sku, start, tenant_class)
        month = _FIXED_MONTH if price is not None and price.month_rule == "fixed730" else last - first
        pieces.append(_Piece(start, end, price, skus.find(sku).size * month * _MICRO_PER_FEN))
    return pieces


def total(lines: Iterable[Line]) -> Fraction:
    """The exact sum in fen."""
    sums: dict[int, int] = {}
    for line in lines:
        sums[line.denominator] = sums.get(line.denominator, 0) + line.numerator
    return sum((Fraction(numerator, denominator) for denominator, numerator in sums.items()), Fraction(0))

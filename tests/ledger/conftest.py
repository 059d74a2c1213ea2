"""A simulated store with a price book, on each database."""

from collections.abc import Iterator

import pytest

from jiyun.store import Store
from jiyun.store.create import create_store
from ledger.prices import put_book
from tests.ledger.samples import BOOK, START


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Stands at the beginning of November 2026; no prices."""
    with create_store(database_url, city="株洲", actor="ops", simulated_at=START) as made:
        yield made


@pytest.fixture
def priced(store: Store) -> Store:
    """The same with the sample price book."""
    with store.write("finance") as tx:
        put_book(tx, BOOK)
    return store

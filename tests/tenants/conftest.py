"""A store with a small tree: the city, a bureau of it, a county with a town, and one person for each role."""

from collections.abc import Iterator

import pytest

from jiyun.store import Store
from jiyun.store.create import create_store
from tenants.departments import Department, put_department
from tenants.people import Person, put_person
from tenants.roles import ROLES

TREE = (
    Department("city", "株洲市", "Zhuzhou", "city"),
    Department("finance-bureau", "财政局", "Finance Bureau", "city", "city"),
    Department("youxian", "攸县", "Youxian", "county", "city"),
    Department("wangling", "网岭镇", "Wangling", "town", "youxian"),
)


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    """A store with nobody in it."""
    with create_store(database_url, city="株洲", actor="ops", simulated_at=1_800_000_000) as store:
        yield store


@pytest.fixture
def store(empty: Store) -> Store:
    """The tree, and a person named after each role who holds it at the root."""
    with empty.write("ops") as tx:
        for department in TREE:
            put_department(tx, department)
        for role in ROLES:
            put_person(tx, Person(role, "city"), ((role, "city"),))
    return empty

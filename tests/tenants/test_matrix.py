"""The matrix cell by cell, against a table written a second time, by hand."""

import pytest

from jiyun.store import Store
from tenants.roles import COMMON, FOUNDING, INCOMPATIBLE, MATRIX, ROLES
from tests.tenants.test_authority import may

# One column for each role, in this order: x may, . may not.
COLUMNS = ("operator", "reviewer", "approver", "finance", "applicant", "viewer", "supervisor", "auditor", "supplier")
TABLE = """
estate.apply     x........
estate.plan      x........
host.read        x.....xxx
host.probe       x........
image.read       xxxxxxxxx
image.change     x........
order.submit     ....x....
order.read       xxxxxxxx.
order.review     .x.......
order.approve    ..x......
order.reject     ..x......
order.withdraw   ....x....
order.fulfil     x........
order.cancel     x........
vm.read          xxxxxxxxx
vm.power         x...x....
vm.console       x...x....
vm.delete        x...x....
volume.read      xxx.xxxxx
segment.read     xxx.xxxxx
quota.read       xxxxxxxx.
quota.change     x........
usage.read       xxxxxxxxx
bill.read        xxxxxxxx.
price.read       xxxxxxxx.
price.publish    ...x.....
audit.read       x.....xx.
audit.verify     x.....xx.
doctor.run       x......x.
department.read  xxxxxxxxx
system.read      xxxxxxxx.
room.read        xxxxxxxx.
clock.set        x........
db.upgrade       x........
"""
EXPECTED = {line.split()[0]: dict(zip(COLUMNS, line.split()[1], strict=True)) for line in TABLE.strip().splitlines()}
READING = {name for name in MATRIX if name.endswith(".read")} | {"audit.verify", "doctor.run"}


def test_the_table_covers_the_matrix() -> None:
    assert ROLES == COLUMNS
    assert set(EXPECTED) == set(MATRIX)


def test_every_cell(store: Store) -> None:
    wrong = [
        (permission, role)
        for permission, cells in EXPECTED.items()
        for role in ROLES
        if may(store, role, permission, "wangling") != (cells[role] == "x")
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ["auditor", "supervisor", "viewer", "supplier"])
def test_who_only_reads_changes_nothing(role: str) -> None:
    assert {permission for permission, roles in MATRIX.items() if role in roles} <= READING


@pytest.mark.parametrize("role", ["auditor", "supervisor"])
def test_the_watchers_read_everything(role: str) -> None:
    assert {name for name in MATRIX if name.endswith(".read")} <= {name for name, roles in MATRIX.items() if role in roles}


def test_the_data_beside_the_matrix_names_what_exists() -> None:
    assert set(MATRIX) >= COMMON | FOUNDING
    assert {role for pair in INCOMPATIBLE for role in pair} <= set(ROLES)
    assert all(roles and roles <= set(ROLES) for roles in MATRIX.values())

"""Every move of an order is in the audit chain, and a move whose audit entry cannot be written does not happen."""

from pathlib import Path

import pytest

from jiyun import audit
from jiyun.errors import JiyunError
from orders import register
from tests.support import raw, world


def test_every_move_has_its_audit_entry(tmp_path: Path) -> None:
    made = world.ready(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "home")
    number = made.active()
    made.delete(made.machine(number))
    with made.store.read() as tx:
        moves = [f"order.{row['to_state']}" for row in register.events(tx, number) if row["from_state"]]
        entries = [row["action"] for row in audit.walk(tx) if row["subject"] == number]
    assert [action for action in entries if action in moves] == moves
    assert moves[-1] == "order.deleted"
    made.store.close()


def test_a_move_without_its_audit_entry_is_not_kept(tmp_path: Path) -> None:
    made = world.ready(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "home")
    number = made.submit()
    raw.change(
        made.store,
        "CREATE TRIGGER audit_is_broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'jiyun: no room for it'); END",
    )
    with pytest.raises(JiyunError), made.store.write("applicant") as tx:
        register.advance(tx, number, "withdrawn", "asked twice")
    assert made.state_of(number) == "submitted"
    made.store.close()

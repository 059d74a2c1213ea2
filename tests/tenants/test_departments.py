"""The tree: what may be put where, what never changes, and the paths through it."""

import pytest

from jiyun import language
from jiyun.errors import Exit, JiyunError
from jiyun.store import Statement, Store
from tenants import departments
from tenants.departments import Department, put_department
from tests.tenants.conftest import TREE

BUREAU = TREE[1]


def test_the_same_again_writes_nothing(store: Store) -> None:
    with store.write("ops") as tx:
        count = Statement("count", "SELECT count(*) AS entries FROM audit")
        before = tx.one(count)
        assert [put_department(tx, found) for found in TREE] == ["same"] * 4
        assert tx.one(count) == before


def test_a_title_can_change_and_is_audited(store: Store) -> None:
    with store.write("ops") as tx:
        assert put_department(tx, BUREAU._replace(title_zh="市财政局")) == "updated"
        assert departments.department(tx, "finance-bureau").title_zh == "市财政局"
        last = tx.one(Statement("last", "SELECT action, subject, detail FROM audit ORDER BY seq DESC LIMIT 1"))
    assert (last["action"], last["subject"]) == ("department.change", "finance-bureau")
    assert '"财政局"' in last["detail"] and '"市财政局"' in last["detail"]


def test_the_title_follows_the_language() -> None:
    assert BUREAU.title() == "Finance Bureau"
    language.use("zh")
    try:
        assert BUREAU.title() == "财政局"
    finally:
        language.use("en")
    assert BUREAU._replace(title_en="").title() == "财政局"


def test_paths_go_up_and_subtrees_down(store: Store) -> None:
    with store.read() as tx:
        assert departments.ancestors(tx, "wangling") == ("wangling", "youxian", "city")
        assert departments.ancestors(tx, "city") == ("city",)
        assert departments.subtree(tx, "youxian") == ("wangling", "youxian")
        assert departments.subtree(tx, "city") == ("city", "finance-bureau", "wangling", "youxian")
        assert departments.roots(tx) == ("city",)
        assert [found.name for found in departments.all_departments(tx)] == ["city", "finance-bureau", "wangling", "youxian"]


def test_a_deep_tree_has_whole_paths(store: Store) -> None:
    with store.write("ops") as tx:
        for depth in range(30):
            put_department(tx, Department(f"d{depth}", "处", "", "town", f"d{depth - 1}" if depth else "wangling"))
        assert len(departments.ancestors(tx, "d29")) == 33
        assert len(departments.subtree(tx, "wangling")) == 31


def test_an_unknown_department_is_answered_with_the_nearest(store: Store) -> None:
    with store.read() as tx, pytest.raises(JiyunError) as caught:
        departments.department(tx, "youxain")
    assert (caught.value.code, caught.value.exit) == ("department.unknown", Exit.NOT_FOUND)
    assert str(caught.value) == "There is no department 'youxain'; the nearest name is youxian."
    with store.read() as tx, pytest.raises(JiyunError, match="declared in the estate file"):
        departments.subtree(tx, "zzz")


REFUSED = (
    (Department("new", "新", "New", "city", "nowhere"), "department.unknown"),
    (Department("New", "新", "New", "city", "city"), "department.name"),
    (Department("a" * 41, "新", "New", "city", "city"), "department.name"),
    (Department("", "新", "New", "city", "city"), "department.name"),
    (Department("new", " ", "New", "city", "city"), "department.title"),
    (Department("new", "新", "New", "city", "youxian"), "department.level"),
    (BUREAU._replace(parent="youxian"), "department.moved"),
    (BUREAU._replace(parent=""), "department.moved"),
    (TREE[0]._replace(level="town"), "department.level"),
)
ATTACKS = (
    "UPDATE department SET parent = 'youxian' WHERE name = 'finance-bureau'",
    "UPDATE department SET parent = NULL WHERE name = 'finance-bureau'",
    "UPDATE department SET name = 'other' WHERE name = 'finance-bureau'",
    "DELETE FROM department WHERE name = 'wangling'",
    "UPDATE department_ancestor SET distance = 7 WHERE department = 'wangling'",
    "DELETE FROM department_ancestor WHERE department = 'wangling'",
    "DELETE FROM person WHERE name = 'viewer'",
)


def test_what_cannot_be_put(store: Store) -> None:
    for wanted, code in REFUSED:
        with store.write("ops") as tx:
            with pytest.raises(JiyunError) as caught:
                put_department(tx, wanted)
            assert caught.value.code == code, wanted
            assert set(departments.all_departments(tx)) == set(TREE)


def test_the_database_itself_refuses(store: Store) -> None:
    for attack in ATTACKS:
        with pytest.raises(JiyunError) as caught, store.write("ops") as tx:
            tx.run(Statement(attack, attack))
        assert caught.value.code == "store.refused", attack
    with store.read() as tx:
        assert departments.ancestors(tx, "wangling") == ("wangling", "youxian", "city")

"""Who may do what, where: inheritance, lists, people who are unknown, and one's own application."""

import pytest

from jiyun.errors import Exit, JiyunError
from jiyun.store import Store
from tenants import authority, people
from tenants.people import Grant, Person, put_person


def may(store: Store, actor: str, permission: str, department: str = "") -> bool:
    """Whether ``require`` lets the actor pass; any other refusal is raised."""
    with store.read(actor) as tx:
        try:
            authority.require(tx, permission, department)
        except JiyunError as error:
            if error.code != "permission.denied":
                raise
            return False
        return True


@pytest.fixture
def county(store: Store) -> Store:
    """Li applies for the county, and is an operator of one town of it."""
    with store.write("ops") as tx:
        put_person(tx, Person("li", "youxian", "信息办"), (("applicant", "youxian"), ("operator", "wangling")))
    return store


def test_a_role_holds_at_its_node_and_below(county: Store) -> None:
    assert may(county, "li", "order.submit", "youxian")
    assert may(county, "li", "order.submit", "wangling")
    assert not may(county, "li", "order.submit", "city")
    assert not may(county, "li", "order.submit", "finance-bureau")
    assert may(county, "li", "quota.change", "wangling")
    assert not may(county, "li", "quota.change", "youxian")


def test_what_belongs_to_no_department_needs_the_root_unless_it_is_common(county: Store) -> None:
    assert not may(county, "li", "estate.apply")
    assert not may(county, "li", "host.probe")
    assert not may(county, "li", "audit.read")
    assert may(county, "li", "image.read")
    assert may(county, "li", "price.read")
    assert may(county, "li", "host.read")
    assert may(county, "operator", "estate.apply")


def test_lists_are_cut_to_where_one_may_look(county: Store) -> None:
    with county.read("li") as tx:
        assert authority.scope(tx, "vm.read") == frozenset({"youxian", "wangling"})
        assert authority.scope(tx, "audit.read") == frozenset({"wangling"})
        with pytest.raises(JiyunError) as caught:
            authority.scope(tx, "price.publish")
    assert str(caught.value) == "li may not do price.publish anywhere; a person with one of these roles there can: finance."
    with county.read("auditor") as tx:
        assert authority.scope(tx, "vm.read") is None


def test_a_refusal_names_who_what_where_and_which_roles(county: Store) -> None:
    with county.read("viewer") as tx, pytest.raises(JiyunError) as caught:
        authority.require(tx, "vm.delete", "wangling")
    assert caught.value.exit == Exit.NOT_PERMITTED
    assert str(caught.value) == (
        "viewer may not do vm.delete in wangling; a person with one of these roles there can: operator, applicant."
    )


@pytest.mark.parametrize("name", ["", "nobody"])
def test_an_unknown_person_is_told_how_to_be_named(store: Store, name: str) -> None:
    for attempt in (authority.require, authority.scope):
        with store.read(name) as tx, pytest.raises(JiyunError) as caught:
            attempt(tx, "vm.read")
        assert (caught.value.code, caught.value.exit) == ("person.unknown", Exit.NOT_PERMITTED)
        assert "--as NAME or JIYUN_AS=NAME" in str(caught.value)


def test_an_unknown_department_is_not_a_question_of_permission(store: Store) -> None:
    with store.read("operator") as tx, pytest.raises(JiyunError) as caught:
        authority.require(tx, "vm.read", "nowhere")
    assert caught.value.code == "department.unknown"


def test_a_store_with_people_is_closed_to_strangers(store: Store) -> None:
    with pytest.raises(JiyunError, match="Nobody here is named 'founder'"):
        may(store, "founder", "estate.apply")


def test_a_store_without_grants_opens_to_the_estate_only(empty: Store) -> None:
    assert may(empty, "founder", "estate.plan") and may(empty, "founder", "estate.apply")
    with pytest.raises(JiyunError, match="Nobody here is named 'founder'"):
        may(empty, "founder", "db.upgrade")


def test_nobody_decides_on_their_own_application(store: Store) -> None:
    with store.read("reviewer") as tx:
        authority.require_other(tx, "li", "review")
        with pytest.raises(JiyunError) as caught:
            authority.require_other(tx, "reviewer", "review")
    assert (caught.value.code, caught.value.exit) == ("permission.own-application", Exit.NOT_PERMITTED)
    assert str(caught.value) == "reviewer made this application and cannot review it; another person must."


def test_grants_are_replaced_by_what_is_put(county: Store) -> None:
    li = Person("li", "youxian", "信息办")
    with county.write("ops") as tx:
        assert put_person(tx, li, (("operator", "wangling"), ("applicant", "youxian"))) == "same"
        assert put_person(tx, li, (("viewer", "youxian"),)) == "updated"
        assert people.grants(tx, "li") == (("viewer", "youxian"),)
        assert put_person(tx, Person("li", "wangling"), (("viewer", "youxian"),)) == "updated"
        assert people.person(tx, "li") == Person("li", "wangling")
    assert not may(county, "li", "order.submit", "youxian")
    assert may(county, "li", "vm.read", "wangling")


REFUSED: tuple[tuple[Person, tuple[Grant, ...], str], ...] = (
    (Person("wang min", "city"), (), "person.name"),
    (Person("wang\u202emin", "city"), (), "person.name"),
    (Person("", "city"), (), "person.name"),
    (Person("wang", "nowhere"), (), "department.unknown"),
    (Person("wang", "city"), (("viewer", "nowhere"),), "department.unknown"),
    (Person("wang", "city"), (("king", "city"),), "role.unknown"),
    (Person("wang", "city"), (("supplier", "city"), ("approver", "youxian")), "role.incompatible"),
    (Person("wang", "city"), (("auditor", "city"), ("operator", "wangling")), "role.incompatible"),
)


def test_who_cannot_be_put(store: Store) -> None:
    with store.write("ops") as tx:
        before = people.people(tx)
        for person, roles, code in REFUSED:
            with pytest.raises(JiyunError) as caught:
                put_person(tx, person, roles)
            assert caught.value.code == code, person
            assert people.people(tx) == before

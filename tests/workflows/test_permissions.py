"""Who sees and does what.  The check sits in the workflows, so every way in has the same."""

from collections.abc import Callable

import pytest

from jiyun.errors import Exit, JiyunError
from tenants.departments import Department, put_department
from tenants.people import Person, put_person
from tests.support import raw
from tests.support.world import ITEMS, World, spec
from workflows import doctor, estate_apply, fulfil, hosts, images, lists, machines, order, reports, retire
from workflows.setup import advance_clock, upgrade_schema

PEOPLE = {
    "stranger": (("applicant", "health"),),
    "onlooker": (("viewer", "health"),),
    "auditor": (("auditor", "city"),),
    "supervisor": (("supervisor", "city"),),
    "supplier": (("supplier", "city"),),
    "county-operator": (("operator", "health"),),
}


@pytest.fixture
def city(world: World) -> World:
    """A second department with its people, and an order of finance that is in use."""
    with world.store.write("operator") as tx:
        put_department(tx, Department("health", "卫生局", "Health bureau", "city", "city"))
        for name, roles in PEOPLE.items():
            put_person(tx, Person(name, "health", ""), roles)
    world.active()
    return world


def code(act: Callable[[], object]) -> str:
    with pytest.raises(JiyunError) as caught:
        act()
    assert caught.value.exit == Exit.NOT_PERMITTED
    return caught.value.code


def test_lists_show_a_person_s_own_departments(city: World) -> None:
    seen = {
        name: len(lists.orders(city.session(name)))
        for name in ("applicant", "reviewer", "operator", "auditor", "stranger", "onlooker")
    }
    assert seen == {"applicant": 1, "reviewer": 1, "operator": 1, "auditor": 1, "stranger": 0, "onlooker": 0}
    for listing in (lists.machines, lists.volumes, lists.segments, reports.system_list):
        assert len(listing(city.session("applicant"))) >= 1
        assert len(listing(city.session("stranger"))) == 0
        assert len(listing(city.session("supervisor"))) >= 1


def test_another_department_s_order_is_not_shown(city: World) -> None:
    session = city.session("stranger")
    machine = city.machine("ord-000001")
    for act in (
        lambda: order.show(session, "ord-000001"),
        lambda: machines.show(session, machine),
        lambda: machines.console_log(session, machine, 5),
        lambda: reports.bill(session, "finance", "2026-01"),
        lambda: reports.usage(session, "finance", "2026-01"),
        lambda: reports.quota(session, "finance", "administrative"),
        lambda: reports.audit_log(session, "", "finance", 5),
    ):
        assert code(act) == "permission.denied"


CHANGES: dict[str, Callable[[World, str], object]] = {
    "submit": lambda w, who: order.submit(w.session(who), spec(hostname="budget-7")),
    "review": lambda w, who: order.review(w.session(who), "ord-000002", ITEMS, passed=True),
    "approve": lambda w, who: order.approve(w.session(who), "ord-000003"),
    "reject": lambda w, who: order.reject(w.session(who), "ord-000002", "x"),
    "withdraw": lambda w, who: order.withdraw(w.session(who), "ord-000002", "x"),
    "fulfil": lambda w, who: fulfil.fulfil(w.session(who), "ord-000004", drivers=w.drivers()),
    "fulfil --dry-run": lambda w, who: fulfil.remaining(w.session(who), "ord-000004"),
    "cancel": lambda w, who: fulfil.cancel(w.session(who), "ord-000004", "x", drivers=w.drivers()),
    "delete": lambda w, who: retire.delete(w.session(who), w.machine("ord-000001"), drivers=w.drivers()),
    "delete --dry-run": lambda w, who: retire.remaining(w.session(who), w.machine("ord-000001")),
    "stop": lambda w, who: machines.power(w.session(who), w.machine("ord-000001"), "stop", opening=w.hosts.open_host),
    "ssh": lambda w, who: machines.ssh_command(w.session(who), w.machine("ord-000001")),
    "probe": lambda w, who: hosts.probe(w.session(who), "host1", opening=w.hosts.open_host),
    "apply": lambda w, who: estate_apply.apply(w.session(who), w.home / "estate.yaml"),
    "image remove": lambda w, who: images.remove(w.session(who), "tiny"),
    "clock": lambda w, who: advance_clock(w.session(who), 4_000_000_000),
    "upgrade": lambda w, who: upgrade_schema(w.store.url, who),
}


@pytest.mark.parametrize("who", ["auditor", "supervisor", "supplier", "onlooker", "stranger", "county-operator"])
def test_who_may_not_change_changes_nothing(city: World, who: str) -> None:
    """Each of them tries everything."""
    city.submit(hostname="budget-2")
    city.reviewed(hostname="budget-3")
    city.approved(hostname="budget-4")
    before, calls = raw.dump(city.store), city.hosts.calls.copy()
    for name, act in CHANGES.items():
        assert code(lambda act=act: act(city, who)) == "permission.denied", name  # type: ignore[misc]
    assert raw.dump(city.store) == before
    assert city.hosts.calls == calls


def test_somebody_unknown_does_nothing(city: World) -> None:
    city.submit(hostname="budget-2")
    city.reviewed(hostname="budget-3")
    city.approved(hostname="budget-4")
    before = raw.dump(city.store)
    for act in CHANGES.values():
        assert code(lambda act=act: act(city, "root")) == "person.unknown"  # type: ignore[misc]
    assert code(lambda: lists.orders(city.session("root"))) == "person.unknown"
    assert raw.dump(city.store) == before


def test_each_office_does_only_its_own(city: World) -> None:
    city.submit(hostname="budget-2")
    city.reviewed(hostname="budget-3")
    city.approved(hostname="budget-4")
    allowed = {
        "applicant": {"submit", "withdraw", "delete", "delete --dry-run", "stop", "ssh"},
        "reviewer": {"review", "approve", "reject"},
    }
    for who, own in allowed.items():
        for name in CHANGES.keys() - own:
            assert code(lambda name=name, who=who: CHANGES[name](city, who)) == "permission.denied", (who, name)  # type: ignore[misc]


def test_the_auditor_verifies_and_examines(city: World) -> None:
    session = city.session("auditor")
    assert reports.verify(session, "").audit.findings == ()
    assert doctor.examine(session, opening=city.hosts.open_host) == []
    assert len(reports.audit_log(session, "", "", 5)) == 5
    assert code(lambda: reports.verify(city.session("applicant"), "")) == "permission.denied"


def test_a_store_without_people_is_founded_by_whoever_holds_it(city: World) -> None:
    assert code(lambda: estate_apply.apply(city.session("ops"), city.home / "estate.yaml")) == "person.unknown"


def test_the_host_names_of_others_neither_clash_nor_show(city: World) -> None:
    with pytest.raises(JiyunError) as caught:
        machines.show(city.session("stranger"), "budget-1")
    assert caught.value.code == "inventory.unknown"
    assert machines.show(city.session("applicant"), "budget-1")[0]["id"] == city.machine("ord-000001")

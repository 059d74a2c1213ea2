"""People and the roles that they hold at nodes of the department tree."""

from typing import Literal, NamedTuple

from jiyun import audit
from jiyun.store import Tx
from tenants import problems
from tenants.departments import SQL, department
from tenants.roles import INCOMPATIBLE, ROLES

Grant = tuple[str, str]  # (role, department): the role holds there and for everything below


class Person(NamedTuple):
    """Somebody who acts; ``name`` is what ``--as`` takes, ``title`` what the person is, for display."""

    name: str
    department: str
    title: str = ""


def put_person(tx: Tx, person: Person, roles: tuple[Grant, ...]) -> Literal["created", "updated", "same"]:
    """Make or change the person; afterwards exactly ``roles`` are held."""
    row = tx.first(SQL.person, name=person.name)
    before, held, wanted = (Person(**row) if row else None), set(grants(tx, person.name)), set(roles)
    if before == person and held == wanted:
        return "same"
    _check(tx, person, wanted)
    if before != person:
        tx.run(SQL.person_update if before else SQL.person_insert, **person._asdict())
    for role, node in sorted(held - wanted):
        tx.run(SQL.grant_delete, person=person.name, role=role, department=node)
    for role, node in sorted(wanted - held):
        tx.run(SQL.grant_insert, person=person.name, role=role, department=node)
    audit.append(
        tx,
        "person.change" if before else "person.create",
        person.name,
        person.department,
        title=person.title,
        granted=[list(grant) for grant in sorted(wanted - held)],
        revoked=[list(grant) for grant in sorted(held - wanted)],
    )
    return "updated" if before else "created"


def person(tx: Tx, name: str) -> Person:
    """The person; refused, saying how to name oneself, where there is none."""
    row = tx.first(SQL.person, name=name)
    if row is None:
        raise problems.PERSON_UNKNOWN(name=name)
    return Person(**row)


def people(tx: Tx) -> tuple[Person, ...]:
    """Everybody, by name."""
    return tuple(sorted((Person(**row) for row in tx.all(SQL.people)), key=lambda found: found.name))


def grants(tx: Tx, name: str) -> tuple[Grant, ...]:
    """What the person was granted, by role and node; empty for an unknown name."""
    return tuple(sorted((row["role"], row["department"]) for row in tx.all(SQL.grants, person=name)))


def _check(tx: Tx, person: Person, wanted: set[Grant]) -> None:
    name = person.name
    if not 1 <= len(name) <= 64 or not name.isprintable() or any(mark.isspace() for mark in name):
        raise problems.PERSON_NAME(name=name)
    department(tx, person.department)
    roles = {role for role, _ in wanted}
    for role, node in sorted(wanted):
        if role not in ROLES:
            raise problems.ROLE_UNKNOWN(role=role, roles=", ".join(ROLES))
        department(tx, node)
    for one, other in INCOMPATIBLE:
        if one in roles and other in roles:
            raise problems.ROLE_INCOMPATIBLE(person=name, one=one, other=other)

"""May the one who acts do this here?  The workflows ask; the rooms and the command line never do."""

from jiyun.language import t
from jiyun.store import Tx
from tenants import problems
from tenants.departments import SQL, roots, subtree
from tenants.departments import department as find_department
from tenants.people import grants, person
from tenants.roles import COMMON, FOUNDING, MATRIX, ROLES


def require(tx: Tx, permission: str, department: str = "") -> None:
    """Refuse unless the actor holds ``permission`` at ``department`` or above it.

    An empty ``department`` is what belongs to no department: it needs the role at the root, or, for what everybody in
    office may see (``roles.COMMON``), anywhere.
    """
    wanted = MATRIX[permission]
    if permission in FOUNDING and _nobody_granted(tx):
        return
    person(tx, tx.actor)
    if department:
        find_department(tx, department)
        held = tx.all(SQL.grants_at_and_above, person=tx.actor, department=department)
        allowed = any(row["role"] in wanted for row in held)
        where = t(f"in {department}", f"在 {department} ")
    else:
        allowed = _allowed_at_large(tx, permission)
        where = t("for the whole estate", "在全局范围")
    if not allowed:
        raise _denied(tx, permission, where)


def scope(tx: Tx, permission: str) -> frozenset[str] | None:
    """The departments where the actor holds ``permission``, for lists; None means all, and what belongs to none.

    Refused where the actor holds it nowhere: an empty list would look like an answer.
    """
    person(tx, tx.actor)
    nodes = _nodes(tx, permission)
    if not nodes:
        raise _denied(tx, permission, t("anywhere", "在任何部门"))
    if nodes.issuperset(roots(tx)):
        return None
    return frozenset(name for node in nodes for name in subtree(tx, node))


def require_other(tx: Tx, applicant: str, what: str) -> None:
    """Refuse the actor who made the application; ``what`` is the act as a word: "review", "approve"."""
    if tx.actor == applicant:
        raise problems.OWN_APPLICATION(person=applicant, what=what)


def _nodes(tx: Tx, permission: str) -> set[str]:
    return {node for role, node in grants(tx, tx.actor) if role in MATRIX[permission]}


def _allowed_at_large(tx: Tx, permission: str) -> bool:
    nodes = _nodes(tx, permission)
    return bool(nodes) and (permission in COMMON or nodes.issuperset(roots(tx)))


def _nobody_granted(tx: Tx) -> bool:
    return int(tx.one(SQL.grant_count)["grants"]) == 0


def _denied(tx: Tx, permission: str, where: str) -> Exception:
    roles = ", ".join(role for role in ROLES if role in MATRIX[permission])
    return problems.NOT_PERMITTED(person=tx.actor, permission=permission, where=where, roles=roles)

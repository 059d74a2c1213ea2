"""The department tree: city, county and town offices at any depth.

A department keeps its name and its place for ever: its machines, limits and bills were counted along the path
from it to the root.  The database fills ``department_ancestor`` itself and refuses a move.
"""

import re
from typing import Literal, NamedTuple, get_args

from jiyun import audit
from jiyun.language import t
from jiyun.store import Tx, load_queries
from tenants import problems

SQL = load_queries(__file__, "tenants.sql")

Level = Literal["city", "county", "town"]
LEVELS: tuple[Level, ...] = get_args(Level)  # from the highest down
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


class Department(NamedTuple):
    """A node of the tree; ``parent`` is empty for a root, ``title_en`` where there is no English title."""

    name: str
    title_zh: str
    title_en: str
    level: Level
    parent: str = ""

    def title(self) -> str:
        """The title in the language in use."""
        return t(self.title_en or self.title_zh, self.title_zh)


def put_department(tx: Tx, wanted: Department) -> Literal["created", "updated", "same"]:
    """Make the department, or change its titles and level.  Its parent must exist and is never changed."""
    row = tx.first(SQL.department, name=wanted.name)
    if row is None:
        _check_new(tx, wanted)
        tx.run(SQL.department_insert, **wanted._asdict())
        audit.append(tx, "department.create", wanted.name, wanted.name, **_facts(wanted))
        return "created"
    before = Department(**row)
    if before == wanted:
        return "same"
    if before.parent != wanted.parent:
        top = t("the top", "顶层")
        raise problems.DEPARTMENT_MOVED(name=wanted.name, before=before.parent or top, after=wanted.parent or top)
    _check_title(wanted)
    _check_levels(tx, wanted)
    facts = {key: value for key, value in wanted._asdict().items() if key != "parent"}
    tx.run(SQL.department_update, **facts)
    audit.append(tx, "department.change", wanted.name, wanted.name, before=_facts(before), after=_facts(wanted))
    return "updated"


def department(tx: Tx, name: str) -> Department:
    """The department; refused with the nearest name where there is none."""
    row = tx.first(SQL.department, name=name)
    if row is None:
        raise problems.DEPARTMENT_UNKNOWN(name=name, hint=_hint(tx, name))
    return Department(**row)


def ancestors(tx: Tx, name: str) -> tuple[str, ...]:
    """The path from the department itself up to its root."""
    department(tx, name)
    return tuple(row["ancestor"] for row in tx.all(SQL.ancestors, name=name))


def subtree(tx: Tx, name: str) -> tuple[str, ...]:
    """The department and everything below it, by name."""
    department(tx, name)
    return tuple(sorted(row["department"] for row in tx.all(SQL.subtree, name=name)))


def all_departments(tx: Tx) -> tuple[Department, ...]:
    """Every department, by name."""
    return tuple(sorted((Department(**row) for row in tx.all(SQL.departments)), key=lambda found: found.name))


def roots(tx: Tx) -> tuple[str, ...]:
    """The departments that stand under no other, by name."""
    return tuple(sorted(row["name"] for row in tx.all(SQL.roots)))


def _facts(found: Department) -> dict[str, str]:
    return {"title_zh": found.title_zh, "title_en": found.title_en, "level": found.level, "parent": found.parent}


def _check_new(tx: Tx, wanted: Department) -> None:
    if not _NAME.fullmatch(wanted.name):
        raise problems.DEPARTMENT_NAME(name=wanted.name)
    _check_title(wanted)
    _check_levels(tx, wanted)


def _check_title(wanted: Department) -> None:
    if not wanted.title_zh.strip():
        raise problems.DEPARTMENT_TITLE(name=wanted.name)


def _check_levels(tx: Tx, wanted: Department) -> None:
    """No department stands under one of a lower level."""
    rank = LEVELS.index(wanted.level)
    if wanted.parent:
        above = department(tx, wanted.parent)
        if LEVELS.index(above.level) > rank:
            raise problems.DEPARTMENT_LEVEL(name=wanted.name, level=wanted.level, parent=above.name, parent_level=above.level)
    for child in tx.all(SQL.child_levels, name=wanted.name):
        if LEVELS.index(child["level"]) < rank:
            raise problems.DEPARTMENT_LEVEL(
                name=child["name"], level=child["level"], parent=wanted.name, parent_level=wanted.level
            )


def _hint(tx: Tx, name: str) -> str:
    from difflib import get_close_matches  # only an error needs it

    near = get_close_matches(name, [found.name for found in all_departments(tx)], n=1)
    if near:
        return t(f"the nearest name is {near[0]}", f"最接近的名称是 {near[0]}")
    return t("departments are declared in the estate file", "部门在资源文件中声明")

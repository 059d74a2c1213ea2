"""One shape for everything that can be refused or go wrong.

A room declares its kinds in its own ``problems.py``::

    UNKNOWN = kind("department.unknown", Exit.NOT_FOUND, en="There is no department {name!r}.", zh="没有部门 {name!r}。")

and raises one with its fields: ``raise UNKNOWN(name=name)``.  The code is stable and is part of the interface,
as is the exit status; the sentences say what is wrong, where, and what to do.
"""

from enum import IntEnum
from typing import NamedTuple

from jiyun.language import Text

_LONGEST = 400  # characters of one field in a sentence


class Exit(IntEnum):
    """What a finished command tells its caller."""

    DONE = 0
    OTHER = 1
    USAGE = 2
    NOT_FOUND = 3
    QUOTA = 4  # refused by quota or capacity
    POLICY = 5
    NOT_PERMITTED = 6
    CONFLICT = 7
    EXTERNAL = 8  # hypervisor, SSH or Ansible failed
    VERIFICATION = 9  # a verification found something


class JiyunError(Exception):
    """A refusal or a failure with a stable code; ``fields`` are what its sentence was filled with."""

    def __init__(self, kind: "Kind", fields: dict[str, object]) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.fields = fields

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def exit(self) -> Exit:
        return self.kind.exit

    def message(self) -> str:
        """The sentence in the language in use."""
        return self.kind.text.fill(**{name: _shortened(value) for name, value in self.fields.items()})

    def __str__(self) -> str:
        return self.message()


def _shortened(value: object) -> object:
    """One overlong line, as somebody may type by mistake, would bury the sentence; several lines are a report."""
    if isinstance(value, str) and len(value) > _LONGEST and "\n" not in value:
        half = _LONGEST // 2
        return f"{value[:half]} … {value[-half:]}"  # what tools say last is often what was wrong
    return value


class Kind(NamedTuple):
    """A declared kind of problem; calling it makes the exception."""

    code: str
    exit: Exit
    text: Text

    def __call__(self, **fields: object) -> JiyunError:
        self.text.fill(**fields)  # a field forgotten shows where it is raised, not where it is printed
        return JiyunError(self, fields)


KINDS: dict[str, Kind] = {}


def kind(code: str, exit: Exit, *, en: str, zh: str) -> Kind:
    """Declare a kind of problem; a code is declared once in the whole program."""
    if code in KINDS:
        raise ValueError(f"error code {code} is declared twice")
    KINDS[code] = Kind(code, exit, Text(en, zh))
    return KINDS[code]


INTERNAL = kind(
    "internal",
    Exit.OTHER,
    en="Jiyun failed in a way it did not foresee ({what}); the full trace is in {log}. Please report it.",
    zh="集云出现未预见的故障（{what}）；完整记录在 {log}，请反馈。",
)

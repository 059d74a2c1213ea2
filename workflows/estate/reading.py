"""What the reading of one file knows so far: places of values, names of entries, references still to be checked."""

from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from jiyun.errors import Kind
from workflows.estate.document import Node
from workflows.estate.findings import START, Collector, Position

Entry = TypeVar("Entry")


class Invalid:
    """Stands for a value that could not be read; the reason is in the collector."""


INVALID: Final = Invalid()


@dataclass(slots=True)
class Reading:
    """State shared by all field types while one file is read."""

    problems: Collector
    places: dict[str, Position] = field(default_factory=dict)  # by path, such as ``departments[3].parent``
    names: dict[str, list[str]] = field(default_factory=dict)  # by section
    references: list[tuple["Spot", str, str]] = field(default_factory=list)  # spot, section, name
    built: dict[type[Any], list[tuple["Spot", Any]]] = field(default_factory=dict)
    broken: set[type[Any]] = field(default_factory=set)  # declared types of which an entry could not be read
    unread: set[str] = field(default_factory=set)  # sections whose entries are not known: not a list, or misspelt

    def entries(self, cls: type[Entry]) -> list[tuple["Spot", Entry]]:
        """Every entry of a declared type that could be read, with its place."""
        return self.built.get(cls, [])


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the estate: its path, and the reading that it belongs to."""

    reading: Reading
    path: str = ""

    def child(self, name: str) -> "Spot":
        return Spot(self.reading, f"{self.path}.{name}" if self.path else name)

    def item(self, index: int) -> "Spot":
        return Spot(self.reading, f"{self.path}[{index}]")

    @property
    def at(self) -> Position:
        """Where the value stands; where it is not written, the entry that it belongs to."""
        path = self.path
        while path and path not in self.reading.places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.reading.places.get(path, START)

    def here(self, node: Node) -> None:
        """Remember where this value stands."""
        self.reading.places[self.path] = node.at

    def refuse(self, kind: Kind, **fields: Any) -> Invalid:
        """Note a problem at this place."""
        self.reading.problems.add(kind, self.at, self.path, **fields)
        return INVALID

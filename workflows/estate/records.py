"""Lists and entries.  A frozen dataclass whose fields carry ``about(...)`` is the one declaration of an entry: the
reader here, the JSON schema and the tables of the guide all come out of it."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any

from jiyun.language import Text
from workflows.estate.document import SHAPES, Listing, Mapping, Node, Scalar
from workflows.estate.fields import FieldType, Flag
from workflows.estate.findings import nearest, shorten
from workflows.estate.problems import (
    ESTATE_DUPLICATE_ENTRY,
    ESTATE_MISSING_FIELD,
    ESTATE_NO_VALUE,
    ESTATE_REPEATED,
    ESTATE_TOO_FEW,
    ESTATE_UNKNOWN_FIELD,
    ESTATE_WRONG_SHAPE,
)
from workflows.estate.reading import INVALID, Invalid, Spot


@dataclass(frozen=True, slots=True)
class About:
    """What is declared of one field: its type, and what it means."""

    type: FieldType
    meaning: Text


def about(type: FieldType, en: str, zh: str) -> dict[str, About]:
    """Metadata of a dataclass field that the estate file may hold."""
    return {"about": About(type, Text(en, zh))}


def synthetic() -> dict[str, About]:
    """Metadata of the field that every entry has for figures that no source gives."""
    return about(Flag(), "true: invented for the example, not from any source", "true：为示例虚构，并非来自任何来源")


@dataclass(frozen=True, slots=True)
class Declared:
    """One field of an entry as declared."""

    name: str
    about: About
    default: Any  # MISSING: the field is required

    @property
    def required(self) -> bool:
        return self.default is MISSING


def declared(cls: type[Any]) -> tuple[Declared, ...]:
    """The fields of a declared dataclass, in order."""
    return tuple(Declared(f.name, f.metadata["about"], f.default) for f in fields(cls))


@dataclass(frozen=True, slots=True)
class RecordOf:
    """An entry: a mapping with the fields of the dataclass ``cls``."""

    cls: type[Any]

    @property
    def expected(self) -> Text:
        return Text(f"a mapping ({self.cls.__name__})", f"字段映射（{self.cls.__name__}）")

    def read(self, node: Node, spot: Spot) -> Any:
        """The entry; an optional field that could not be read keeps its default, the problem being noted."""
        spot.here(node)
        if not isinstance(node, Mapping):
            spot.reading.broken.add(self.cls)
            return _wrong_shape(node, spot, self.expected)
        values = self._values(node, spot)
        section, bracket, rest = spot.path.partition("[")
        if bracket and rest.endswith("]") and "[" not in rest and "name" in values:  # an entry of a section, not a pool of a host
            spot.reading.names.setdefault(section, []).append(values["name"])
        missing = [field.name for field in declared(self.cls) if field.required and field.name not in values]
        if missing:
            spot.reading.broken.add(self.cls)
            return INVALID
        entry = self.cls(**values)
        spot.reading.built.setdefault(self.cls, []).append((spot, entry))
        return entry

    def _values(self, node: Mapping, spot: Spot) -> dict[str, Any]:
        """Values by field name, of the fields that are there and can be read."""
        known = {field.name: field for field in declared(self.cls)}
        values: dict[str, Any] = {}
        written = {key.text for key, _ in node.entries}
        for key, value in node.entries:
            place = spot.child(key.text)
            spot.reading.places[place.path] = key.at
            if key.text not in known:
                place.refuse(ESTATE_UNKNOWN_FIELD, value=shorten(key.text), permitted=known, word=key.text)
                meant = nearest(key.text, list(known))  # misspelt, so neither missing nor without entries
                written.add(meant)
                spot.reading.unread.add(spot.child(meant).path)
                continue
            place.here(value)
            read = known[key.text].about.type.read(value, place)
            if isinstance(read, Invalid):
                spot.reading.broken.add(self.cls)
            else:
                values[key.text] = read
        for name in (field.name for field in known.values() if field.required and field.name not in written):
            spot.refuse(ESTATE_MISSING_FIELD, name=name)
        return values

    def schema(self) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{self.cls.__name__}"}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list.  Entries are told apart by the fields of ``key``; other values are told apart by themselves."""

    item: FieldType
    key: tuple[str, ...] = ()
    least: int = 0

    @property
    def expected(self) -> Text:
        inner = self.item.expected
        return Text(f"a list; each item is {inner.en}", f"列表；每项为{inner.zh}")

    def read(self, node: Node, spot: Spot) -> tuple[Any, ...] | Invalid:
        """What could be read of the list."""
        if not isinstance(node, Listing):
            spot.reading.unread.add(spot.path)
            return _wrong_shape(node, spot, self.expected)
        read: list[tuple[Spot, Any]] = []
        for index, item in enumerate(node.items):
            place = spot.item(index)
            place.here(item)
            value = self.item.read(item, place)
            if not isinstance(value, Invalid):
                read.append((place, value))
        if len(node.items) < self.least:
            return spot.refuse(ESTATE_TOO_FEW, least=self.least)
        self._check_unique(read)
        return tuple(value for _, value in read)

    def _check_unique(self, read: list[tuple[Spot, Any]]) -> None:
        seen: dict[tuple[Any, ...], Spot] = {}
        for spot, value in read:
            key = tuple(getattr(value, name) for name in self.key) or (value,)
            first = seen.setdefault(key, spot)
            if first is spot:
                continue
            shown = shorten(" ".join(str(part) for part in key))
            if self.key:
                spot.child(self.key[0]).refuse(ESTATE_DUPLICATE_ENTRY, value=shown, first=first.at.line)
            else:
                spot.refuse(ESTATE_REPEATED, value=shown)

    def schema(self) -> dict[str, Any]:
        listing: dict[str, Any] = {"type": "array", "items": self.item.schema()}
        if self.least:
            listing["minItems"] = self.least
        if not self.key:
            listing["uniqueItems"] = True
        return listing


def _wrong_shape(node: Node, spot: Spot, expected: Text) -> Invalid:
    if isinstance(node, Scalar) and not node.quoted and node.text in ("", "~", "null", "Null", "NULL"):
        return spot.refuse(ESTATE_NO_VALUE, expected=expected)
    return spot.refuse(ESTATE_WRONG_SHAPE, expected=expected, found=SHAPES[type(node)])


def record_types(cls: type[Any]) -> Iterator[type[Any]]:
    """``cls`` and every declared dataclass below it, each once, outer ones first."""
    found = [cls]
    for current in found:
        yield current
        for field in declared(current):
            inner = field.about.type
            while isinstance(inner, ListOf):
                inner = inner.item
            if isinstance(inner, RecordOf) and inner.cls not in found:
                found.append(inner.cls)


def plain(value: Any) -> Any:
    """A default as JSON shows it."""
    return list(value) if isinstance(value, tuple) else value.isoformat() if isinstance(value, date) else value

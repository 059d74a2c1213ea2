"""One YAML document as nodes that remember where they stand.  No value is interpreted here and no tag is obeyed."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from jiyun.errors import Kind
from jiyun.language import Text
from workflows.estate.characters import code_of, name_of, refused_in
from workflows.estate.findings import START, Collector, Position, shorten
from workflows.estate.problems import (
    ESTATE_ALIASES,
    ESTATE_ANCHOR,
    ESTATE_CHARACTER,
    ESTATE_DOCUMENTS,
    ESTATE_DUPLICATE_KEY,
    ESTATE_NOT_UTF8,
    ESTATE_SYNTAX,
    ESTATE_TAG,
    ESTATE_TOO_DEEP,
    ESTATE_TOO_LARGE,
    ESTATE_WRONG_SHAPE,
)

LARGEST = 10 * 1024 * 1024  # bytes
DEEPEST = 16
MOST_REPEATED = 10_000  # values that aliases may add: a small file must not unfold into a large one


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as text in NFC.  ``quoted`` tells ``"12"`` from ``12``."""

    text: str
    quoted: bool
    at: Position


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple["Node", ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys in the order of the file, each once."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    at: Position


Node = Scalar | Listing | Mapping

_NAME = Text("A name", "名称")
SHAPES: dict[type[object], Text] = {
    Scalar: Text("a single value", "单个值"),
    Listing: Text("a list", "列表"),
    Mapping: Text("a mapping of fields", "字段映射"),
}


def parse(content: bytes, problems: Collector) -> Node | None:
    """The document in ``content``; ``None`` where it is empty.

    What makes reading on senseless (not UTF-8, not YAML) raises ``estate.invalid``; the rest is noted in ``problems``.
    """
    text = _decode(content, problems)
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(yaml.parse(text, Loader=loader), problems).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read")
        problems.add(ESTATE_SYNTAX, _position(mark) if mark else START, "", reason=reason)
        raise problems.error() from None


def _decode(content: bytes, problems: Collector) -> str:
    """The text of the file, with no character that is refused."""
    if len(content) > LARGEST:
        problems.add(ESTATE_TOO_LARGE, START, "", limit=f"{LARGEST // 1024 // 1024} MB")
        raise problems.error()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", errors="replace")
        byte = f"0x{content[error.start]:02x}"
        problems.add(ESTATE_NOT_UTF8, _place(before, len(before)), "", byte=byte)
        raise problems.error() from None
    for index, character in refused_in(text, allowed="\n\r\t"):
        problems.add(ESTATE_CHARACTER, _place(text, index), "", code=code_of(character), name=name_of(character))
    if problems.problems:
        raise problems.error()
    return text


def _place(text: str, index: int) -> Position:
    return Position(text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


def _position(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


class _Composer:
    """Builds nodes out of parser events; the depth and what aliases repeat are bounded."""

    def __init__(self, events: Iterator[Any], problems: Collector) -> None:
        self._events = events
        self._problems = problems
        self._anchors: dict[str, tuple[Node, int] | None] = {}  # None: still open, so an alias to it contains itself
        self._count = 0  # values so far, aliases unfolded
        self._repeated = 0

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self._events:
            name = type(event).__name__
            if name == "DocumentStartEvent" and root is not None:
                self._stop(ESTATE_DOCUMENTS, event, "")
            elif name in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent", "AliasEvent"):
                root = self._node(event, "", 0)
        return root

    def _stop(self, kind: Kind, event: Any, path: str, **fields: Any) -> NoReturn:
        """A problem after which the rest of the file cannot be trusted."""
        self._problems.add(kind, _position(event.start_mark), path, **fields)
        raise self._problems.error()

    def _node(self, event: Any, path: str, depth: int) -> Node:
        if type(event).__name__ == "AliasEvent":
            return self._alias(event, path)
        if depth > DEEPEST:
            self._stop(ESTATE_TOO_DEEP, event, path, limit=DEEPEST)
        if event.tag is not None:
            self._problems.add(ESTATE_TAG, _position(event.start_mark), path, value=shorten(event.tag))
        if event.anchor is not None:
            if event.anchor in self._anchors:
                self._stop(ESTATE_ANCHOR, event, path, value=shorten(event.anchor))
            self._anchors[event.anchor] = None
        before = self._count
        self._count += 1
        node = self._built(event, path, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, self._count - before)
        return node

    def _built(self, event: Any, path: str, depth: int) -> Node:
        at = _position(event.start_mark)
        kind = type(event).__name__
        if kind == "SequenceStartEvent":
            return Listing(tuple(self._items(path, depth)), at)
        if kind == "MappingStartEvent":
            return Mapping(tuple(self._entries(path, depth)), at)
        return Scalar(self._text(event, path), bool(event.style), at)

    def _alias(self, event: Any, path: str) -> Node:
        known = self._anchors.get(event.anchor)
        if known is None:
            self._stop(ESTATE_ANCHOR, event, path, value=shorten(event.anchor))
        node, weight = known
        self._count += weight
        self._repeated += weight
        if self._repeated > MOST_REPEATED:
            self._stop(ESTATE_ALIASES, event, path, limit=MOST_REPEATED)
        return node

    def _items(self, path: str, depth: int) -> Iterator[Node]:
        for index, event in enumerate(self._events):
            if type(event).__name__ == "SequenceEndEvent":
                return
            yield self._node(event, f"{path}[{index}]", depth + 1)

    def _entries(self, path: str, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Position] = {}
        for event in self._events:
            if type(event).__name__ == "MappingEndEvent":
                return
            key = self._node(event, path, depth + 1)
            if not isinstance(key, Scalar):
                self._problems.add(ESTATE_WRONG_SHAPE, key.at, path, expected=_NAME, found=SHAPES[type(key)])
                self._node(next(self._events), path, depth + 1)
                continue
            inner = f"{path}.{key.text}" if path else key.text
            value = self._node(next(self._events), inner, depth + 1)
            if key.text in seen:
                first = seen[key.text].line
                self._problems.add(ESTATE_DUPLICATE_KEY, key.at, inner, value=shorten(key.text), first=first)
                continue
            seen[key.text] = key.at
            yield key, value

    def _text(self, event: Any, path: str) -> str:
        """The value in NFC; an escape such as ``\\u202e`` does not smuggle in what the file itself may not hold."""
        for _, character in refused_in(event.value):
            at = _position(event.start_mark)
            self._problems.add(ESTATE_CHARACTER, at, path, code=code_of(character), name=name_of(character))
            break
        return unicodedata.normalize("NFC", event.value)
